//! Tells apart the ways in which no answer comes.

use std::error::Error;
use std::io;
use std::time::Duration;

use rustls::CertificateError;

use super::message::TransportError;

/// What a failed request means: whether it may have reached the server, and the cause in one line.
///
/// The URL is not part of the cause.
pub(super) fn classify(error: reqwest::Error, timeout: Duration) -> TransportError {
    let error = error.without_url();
    if error.is_builder() {
        return TransportError::Connect(cause(&error));
    }
    if error.is_connect() {
        return match tls_failure(&error) {
            Some(failure) => TransportError::Tls(describe(failure)),
            None if error.is_timeout() => TransportError::Connect("no connection within the time-out".to_owned()),
            None => TransportError::Connect(cause(&error)),
        };
    }
    if error.is_timeout() {
        return TransportError::Timeout(timeout.as_secs());
    }
    let cause = cause(&error);
    match refused_certificate(&cause) {
        Some(why) => TransportError::Tls(why),
        None => TransportError::Cut(cause),
    }
}

/// What rustls says of an alert of the other side; HTTP/2 hands on no more than the text.
const ALERT: &str = "received fatal alert: ";

/// Whether the server ended the handshake because of the client's certificate, so that it read no request: TLS 1.3 lets
/// the client send before the server has looked at its certificate.
fn refused_certificate(cause: &str) -> Option<String> {
    match cause.strip_prefix(ALERT)? {
        "CertificateRequired" => {
            Some("the server asks for a client certificate (`client_certificate`, `client_key`)".to_owned())
        }
        alert @ ("BadCertificate"
        | "UnsupportedCertificate"
        | "CertificateRevoked"
        | "CertificateExpired"
        | "CertificateUnknown"
        | "UnknownCA"
        | "DecryptError"
        | "AccessDenied") => Some(format!("the server does not accept the client certificate ({alert})")),
        _ => None,
    }
}

/// The innermost cause, on one line.
pub(super) fn cause(error: &(dyn Error + 'static)) -> String {
    let text = causes(error).last().unwrap_or(error).to_string();
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// The error and everything below it. An `io::Error` hides the error that it was made of from `source`.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| inner(*error))
}

fn inner<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

fn tls_failure<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>())
}

fn describe(failure: &rustls::Error) -> String {
    use CertificateError as Certificate;
    match failure {
        rustls::Error::InvalidMessage(_) => "the server does not speak TLS on this port".to_owned(),
        rustls::Error::InvalidCertificate(Certificate::UnknownIssuer) => {
            "the certificate is signed by an authority that is not trusted here".to_owned()
        }
        rustls::Error::InvalidCertificate(Certificate::Expired | Certificate::ExpiredContext { .. }) => {
            "the certificate has expired".to_owned()
        }
        rustls::Error::InvalidCertificate(
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. },
        ) => "the certificate is for another host name".to_owned(),
        other => {
            let text = other.to_string();
            refused_certificate(&text).unwrap_or_else(|| text.lines().next().unwrap_or_default().to_owned())
        }
    }
}
