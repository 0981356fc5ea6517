//! The embedded registry behind TLS, with certificates that are made for the test, and a proxy before it.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use quayform::emulator::{Emulator, IncomingRequest};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// An authority of its own.
pub(crate) struct Authority {
    pub(crate) pem: String,
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = parameters.self_signed(&key).unwrap();
        Authority {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            issuer: Issuer::new(parameters, key),
        }
    }

    fn signs(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (parameters.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// A certificate and its key, both in PEM form.
    pub(crate) fn identity(&self, name: &str) -> (String, String) {
        let (certificate, key) = self.signs(name);
        (certificate.pem(), key.serialize_pem())
    }

    /// What a server of that name needs; with `clients` it takes only clients whose certificate that authority signed.
    fn server(&self, name: &str, protocols: &[&str], clients: Option<&Authority>) -> ServerConfig {
        let (certificate, key) = self.signs(name);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.certificate.clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut configuration = builder.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        configuration.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        configuration
    }
}

/// A registry behind TLS.
pub(crate) struct Secure {
    pub(crate) address: SocketAddr,
    /// The protocol of every connection that came about, in their order.
    pub(crate) protocols: Arc<Mutex<Vec<String>>>,
}

impl Secure {
    /// Serves the registry under that name with these protocols.
    pub(crate) async fn serve(
        emulator: Emulator,
        authority: &Authority,
        name: &str,
        protocols: &[&str],
        clients: Option<&Authority>,
    ) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(authority.server(name, protocols, clients)));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let secure = Secure {
            address: listener.local_addr().unwrap(),
            protocols: Arc::default(),
        };
        let seen = Arc::clone(&secure.protocols);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connection(
                    stream,
                    acceptor.clone(),
                    emulator.clone(),
                    Arc::clone(&seen),
                ));
            }
        });
        secure
    }
}

async fn connection(stream: TcpStream, acceptor: TlsAcceptor, emulator: Emulator, seen: Arc<Mutex<Vec<String>>>) {
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let protocol = stream.get_ref().1.alpn_protocol().unwrap_or_default().to_vec();
    seen.lock().unwrap().push(String::from_utf8(protocol).unwrap());
    let service = service_fn(|request| answer(request, emulator.clone()));
    // How a client leaves is no concern of the server.
    let _ = auto::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: hyper::Request<Incoming>,
    emulator: Emulator,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let incoming = IncomingRequest {
        token: text("authorization")
            .and_then(|value| value.strip_prefix("Bearer "))
            .map(str::to_owned),
        content_type: text("content-type").map(str::to_owned),
        body: body.collect().await.unwrap().to_bytes().to_vec(),
        ..IncomingRequest::new(head.method.as_str(), head.uri.path_and_query().unwrap().as_str())
    };
    let answer = emulator.handle(&incoming).unwrap();
    let builder = hyper::Response::builder().status(answer.status);
    let builder = builder.header("content-type", answer.content_type);
    Ok(builder.body(Full::from(answer.body)).unwrap())
}

/// A proxy that leads every CONNECT to one address, and writes down where people wanted to go.
pub(crate) async fn proxy(to: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let wanted: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&wanted);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(lead(stream, to, Arc::clone(&seen)));
        }
    });
    (address, wanted)
}

async fn lead(stream: TcpStream, to: SocketAddr, seen: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    let (mut first, mut line) = (String::new(), String::new());
    stream.read_line(&mut first).await.unwrap();
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 2) {
        line.clear();
    }
    seen.lock().unwrap().push(first.trim().to_owned());
    stream
        .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        .await
        .unwrap();
    let mut server = TcpStream::connect(to).await.unwrap();
    let _ = copy_bidirectional(&mut stream, &mut server).await;
}
