//! The network client against small servers of our own: every way of not answering has its own error.

mod secure;
mod tls;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use quayform::http::{
    Client, ClientOptions, ClientProblem, Method, Paced, Pacing, ReadOnly, Request, Response, Transport, TransportError,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::SecretString;
use url::Url;

/// What a server does with one connection after it has read the request.
enum Act {
    /// Sends these bytes and closes.
    Say(&'static str),
    /// Takes its time, then sends these bytes and closes.
    SayAfter(Duration, &'static str),
    /// Keeps the connection open and says nothing.
    Hold,
}

/// Serves one connection per act, then stops listening. The receiver gives the requests as text.
fn serve(acts: Vec<Act>) -> (SocketAddr, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (requests, received) = mpsc::channel();
    thread::spawn(move || {
        for act in acts {
            let (mut stream, _) = listener.accept().unwrap();
            requests.send(read_request(&mut stream)).unwrap();
            match act {
                Act::Say(text) => stream.write_all(text.as_bytes()).unwrap(),
                Act::SayAfter(time, text) => {
                    thread::sleep(time);
                    stream.write_all(text.as_bytes()).unwrap();
                }
                // Until the client gives up and closes.
                Act::Hold => drop(stream.read(&mut [0])),
            }
        }
    });
    (address, received)
}

fn read_request(stream: &mut impl Read) -> String {
    let mut text = Vec::new();
    let mut byte = [0];
    while !text.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        text.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&text).to_lowercase();
    let length = head
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.lines().next()?.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    text.extend(body);
    String::from_utf8_lossy(&text).into_owned()
}

fn options(url: &str) -> ClientOptions {
    ClientOptions {
        timeout: Duration::from_secs(20),
        ..ClientOptions::new(Url::parse(url).unwrap())
    }
}

fn client(address: SocketAddr) -> Client {
    Client::new(&options(&format!("http://{address}"))).unwrap()
}

fn request(method: Method, target: &str) -> Request {
    Request {
        method,
        target: target.to_owned(),
        token: Some(SecretString::from("s3cr3t")),
        body: None,
    }
}

async fn get(client: &Client) -> Result<Response, TransportError> {
    client.send(request(Method::Get, "/api/v1/user/")).await
}

#[tokio::test]
async fn a_request_arrives_as_it_was_written() {
    let (address, received) = serve(vec![Act::Say(
        "HTTP/1.1 201 Created\r\nContent-Type: Application/JSON; charset=utf-8\r\nContent-Length: 9\r\n\r\n\"Created\"",
    )]);
    let body = Some(serde_json::json!({"name": "acme"}));
    let target = "/api/v1/organization/acme%2Fx/robots/a+b?limit=1";
    let response = client(address)
        .send(Request {
            body,
            ..request(Method::Put, target)
        })
        .await
        .unwrap();
    assert_eq!(
        (response.status, response.content_type.as_str()),
        (201, "application/json")
    );
    assert_eq!(response.json(), Some(serde_json::json!("Created")));

    let sent = received.recv().unwrap();
    assert!(sent.starts_with(&format!("PUT {target} HTTP/1.1\r\n")), "{sent}");
    assert!(sent.ends_with("\r\n\r\n{\"name\":\"acme\"}"), "{sent}");
    let head = sent.to_lowercase();
    for header in [
        "authorization: bearer s3cr3t",
        "content-type: application/json",
        concat!("user-agent: quayform/", env!("CARGO_PKG_VERSION")),
    ] {
        assert!(
            head.contains(&format!("\r\n{header}\r\n")),
            "{header} is missing in {sent}"
        );
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let moved = "HTTP/1.1 308 Permanent Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    let (address, _received) = serve(vec![Act::Say(moved)]);
    let client = client(address);
    let response = client
        .send(request(Method::Post, "/api/v1/organization"))
        .await
        .unwrap();
    assert_eq!(response.status, 308);
}

#[tokio::test]
async fn a_refused_connection_is_known_not_to_have_acted() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = get(&client(address)).await.unwrap_err();
    assert!(
        matches!(&error, TransportError::Connect(cause) if cause.contains("refused")),
        "{error}"
    );
    assert!(!error.may_have_acted());
}

#[tokio::test]
async fn a_cut_or_garbled_answer_may_have_acted() {
    for text in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"repositories\":",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2,",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        "220 mail.example ESMTP\r\n",
    ] {
        let (address, _received) = serve(vec![Act::Say(text)]);
        let error = get(&client(address)).await.unwrap_err();
        assert!(matches!(error, TransportError::Cut(_)), "{text:?}: {error:?}");
        assert!(error.may_have_acted());
        let shown = error.to_string();
        assert!(!shown.contains("http://") && !shown.contains('\n'), "{shown}");
    }
}

#[tokio::test]
async fn silence_ends_in_a_time_out() {
    let (address, _received) = serve(vec![Act::Hold]);
    let options = ClientOptions {
        timeout: Duration::from_millis(50),
        ..options(&format!("http://{address}"))
    };
    let error = get(&Client::new(&options).unwrap()).await.unwrap_err();
    assert!(matches!(error, TransportError::Timeout(_)), "{error:?}");
    assert!(error.may_have_acted());
}

#[tokio::test]
async fn a_server_that_takes_25_seconds_is_waited_for() {
    let slow = Act::SayAfter(
        Duration::from_secs(25),
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    );
    let (address, received) = serve(vec![slow]);
    let usual = ClientOptions::new(Url::parse(&format!("http://{address}")).unwrap());
    let paced = Arc::new(Paced::new(Client::new(&usual).unwrap(), Pacing::default()));
    let reader = ReadOnly::new(paced.clone(), None);
    assert_eq!(reader.get("/api/v1/organization/acme").await.unwrap().status, 200);
    assert_eq!((paced.counts().retries, received.iter().count()), (0, 1), "asked once");
}

#[tokio::test]
async fn a_read_is_repeated_as_the_server_asks() {
    let (address, received) = serve(vec![
        Act::Say("HTTP/1.1 429 Too Many\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        Act::Say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"),
    ]);
    let paced = Arc::new(Paced::new(client(address), Pacing::default()));
    let reader = ReadOnly::new(paced.clone(), Some(SecretString::from("s3cr3t")));
    assert_eq!(reader.get("/api/v1/user/").await.unwrap().status, 200);
    assert_eq!((paced.counts().reads, paced.counts().retries, paced.limit()), (2, 1, 4));
    assert_eq!(received.iter().count(), 2);
}

/// Answers one TLS connection, with a certificate for `localhost` by `transport/authority.pem`.
fn serve_tls() -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from(include_bytes!("transport/server.der").to_vec());
    let key = PrivatePkcs8KeyDer::from(include_bytes!("transport/server.key.der").to_vec());
    let configuration = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::from(key))
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        answer_over_tls(stream, Arc::new(configuration))
    });
    port
}

/// Answers one connection in clear text, whatever it sends.
fn serve_plainly() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
        stream.read_to_end(&mut Vec::new()).ok();
    });
    port
}

fn answer_over_tls(stream: TcpStream, configuration: Arc<rustls::ServerConfig>) -> std::io::Result<()> {
    let connection = rustls::ServerConnection::new(configuration).map_err(|_| ErrorKind::Other)?;
    let mut stream = rustls::StreamOwned::new(connection, stream);
    stream.flush()?;
    read_request(&mut stream);
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")?;
    stream.conn.send_close_notify();
    stream.flush()
}

#[tokio::test]
async fn tls_problems_are_told_from_refused_connections() {
    let trusting = |pem: &[u8], url: String| ClientOptions {
        authorities: Some(pem.to_vec()),
        ..options(&url)
    };
    let ours = include_bytes!("transport/authority.pem");
    let strangers = include_bytes!("transport/stranger.pem");

    for (options, cause) in [
        (
            trusting(ours, format!("https://localhost:{}", serve_plainly())),
            "does not speak TLS",
        ),
        (
            trusting(strangers, format!("https://localhost:{}", serve_tls())),
            "not trusted",
        ),
        (
            trusting(ours, format!("https://127.0.0.1:{}", serve_tls())),
            "another host name",
        ),
    ] {
        let error = get(&Client::new(&options).unwrap()).await.unwrap_err();
        assert!(
            matches!(&error, TransportError::Tls(text) if text.contains(cause)),
            "{cause}: {error:?}"
        );
        assert!(!error.may_have_acted());
    }

    let trusted = trusting(ours, format!("https://localhost:{}", serve_tls()));
    assert_eq!(get(&Client::new(&trusted).unwrap()).await.unwrap().status, 200);
    let insecure = ClientOptions {
        insecure: true,
        ..options(&format!("https://127.0.0.1:{}", serve_tls()))
    };
    assert_eq!(get(&Client::new(&insecure).unwrap()).await.unwrap().status, 200);
}

#[test]
fn a_ca_file_without_certificates_is_refused() {
    let with = |pem: &str| ClientOptions {
        authorities: Some(pem.into()),
        ..options("https://localhost")
    };
    assert!(matches!(Client::new(&with("hello")), Err(ClientProblem::NoAuthority)));
    let broken = "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n";
    assert!(matches!(Client::new(&with(broken)), Err(ClientProblem::Authorities)));
    assert!(matches!(
        Client::new(&options("ftp://localhost")),
        Err(ClientProblem::Url(_))
    ));
}
