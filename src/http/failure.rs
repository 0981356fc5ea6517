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
        TransportError::Timeout(timeout.as_secs())
    } else {
        TransportError::Cut(cause(&error))
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
        other => other.to_string().lines().next().unwrap_or_default().to_owned(),
    }
}
