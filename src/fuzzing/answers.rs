//! What a server says: single answers in any shape, and lists that go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;

use super::runtime;
use crate::drift::Log;
use crate::http::{ReadOnly, Request, Response, Sending, Transport, retry_after};
use crate::kinds::{shapes, targets};
use crate::model::{Answer, Paging, Query};
use crate::quay::{error_text, preflight, settle};
use crate::read::Reader;

/// A status (two bytes), whether it claims to be a web page (one), and a body that is also the text of a header.
pub(super) fn answer(bytes: &[u8]) {
    let [high, low, page, body @ ..] = bytes else { return };
    let response = Response {
        status: u16::from_be_bytes([*high, *low]) % 1000,
        content_type: if page % 2 == 0 { "application/json" } else { "text/html" }.to_owned(),
        retry_after: None,
        body: body.to_vec(),
    };
    let _ = error_text(&response);
    let response = Ok(response);
    for target in ["/api/v1/users/carol", "/api/v1/organization/acme"] {
        let answer = settle(target, &response);
        let _ = preflight::features(Some(&answer));
        if let Answer::Body(body) = &answer {
            let _ = Log::of_page("acme", body);
        }
    }
    let header = String::from_utf8_lossy(body);
    let _ = retry_after(&header, Timestamp::UNIX_EPOCH);
}

/// The pages of a list, one a line.
pub(super) fn pages(bytes: &[u8]) {
    let pages = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let book = Arc::new(Book {
        pages,
        next: AtomicUsize::new(0),
    });
    let query = Query {
        paging: Paging::NextPage("repositories"),
        ..targets::ask(targets::repositories("acme"), &shapes::REPOSITORIES, "", Vec::new())
    };
    if let Some(runtime) = runtime() {
        runtime.block_on(Reader::new(ReadOnly::new(book, None)).fetch(vec![query]));
    }
}

/// Answers with one page after the other, and with the last one again and again.
struct Book {
    pages: Vec<Vec<u8>>,
    next: AtomicUsize,
}

impl Transport for Book {
    fn send(&self, _: Request) -> Sending<'_> {
        let at = self.next.fetch_add(1, Ordering::Relaxed).min(self.pages.len() - 1);
        let response = Response {
            status: 200,
            content_type: "application/json".to_owned(),
            retry_after: None,
            body: self.pages.get(at).cloned().unwrap_or_default(),
        };
        Box::pin(std::future::ready(Ok(response)))
    }
}
