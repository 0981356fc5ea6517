//! Writes, as data decided at planning time.

use std::borrow::Cow;

use crate::http::Method;

use super::address::Address;
use super::entries::Entries;
use super::value::Value;

/// A part of a path between two slashes.
#[derive(Debug, Clone, PartialEq)]
pub enum Segment {
    /// A text, not yet percent-encoded, never empty.
    Text(Box<str>),
    /// The server's id of an object that exists by then; read when it is needed.
    Handle(Box<Address>),
}

/// To whom a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    /// The registry, below `/api/v1`.
    #[default]
    Registry,
    /// CocktailCloud, which builds images, below `/v1`.
    Cocktail,
}

impl Target {
    /// What all of its paths begin with.
    pub fn root(self) -> &'static str {
        match self {
            Target::Registry => "/api/v1",
            Target::Cocktail => "/v1",
        }
    }
}

/// One request that changes something.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// To whom it goes.
    pub target: Target,
    /// The method, never GET.
    pub method: Method,
    /// The path below the target's root.
    pub path: Vec<Segment>,
    /// Whether the path ends in a slash: the server's paths are exact (API guide §1.1).
    pub slash: bool,
    /// Names and values after the path, not yet percent-encoded.
    pub query: Vec<(String, String)>,
    /// The body, with secrets still sealed.
    pub body: Option<Value>,
    /// How answers are read.
    pub expect: Expect,
    /// What to do when no answer comes.
    pub on_unknown: OnUnknown,
    /// What it starts that goes on after the answer, and is waited for.
    pub starts: Option<Follow>,
}

/// Work that a call starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// A build by the registry's own builder (API guide §3.17).
    Build,
    /// A run of one of CocktailCloud's builds.
    CocktailRun,
}

impl Call {
    /// A call to `/api/v1/…`, without body.
    pub fn new(method: Method, path: &[&str]) -> Self {
        let on_unknown = if method == Method::Post {
            OnUnknown::Reread
        } else {
            OnUnknown::Repeat
        };
        Call {
            target: Target::default(),
            method,
            path: path.iter().map(|segment| Segment::Text((*segment).into())).collect(),
            slash: false,
            query: Vec::new(),
            body: None,
            expect: Expect::default(),
            on_unknown,
            starts: None,
        }
    }

    /// It goes to somebody else than the registry.
    #[must_use]
    pub fn to(mut self, target: Target) -> Self {
        self.target = target;
        self
    }

    /// Adds a name and a value to the query.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// It starts something that goes on after the answer.
    #[must_use]
    pub fn starting(mut self, work: Follow) -> Self {
        self.starts = Some(work);
        self
    }

    /// Adds the server's id of an object to the path.
    #[must_use]
    pub fn handle(mut self, address: &Address) -> Self {
        self.path.push(Segment::Handle(Box::new(address.clone())));
        self
    }

    /// Adds a text to the path.
    #[must_use]
    pub fn segment(mut self, text: &str) -> Self {
        self.path.push(Segment::Text(text.into()));
        self
    }

    /// Ends the path in a slash.
    #[must_use]
    pub fn slash(mut self) -> Self {
        self.slash = true;
        self
    }

    /// Sends a JSON object.
    #[must_use]
    pub fn body<const N: usize>(self, entries: [(&str, Value); N]) -> Self {
        self.body_map(
            entries
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect::<Entries>(),
        )
    }

    /// Sends a JSON object whose keys are only known now.
    #[must_use]
    pub fn body_map(mut self, entries: impl Into<Entries>) -> Self {
        self.body = Some(Value::Map(entries.into()));
        self
    }

    /// Sends any JSON value.
    #[must_use]
    pub fn body_value(mut self, value: Value) -> Self {
        self.body = Some(value);
        self
    }

    /// Sending it twice does no harm, although the method says otherwise.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.on_unknown = OnUnknown::Repeat;
        self
    }

    /// An error answer that means: it is so already.
    #[must_use]
    pub fn already(mut self, status: u16, text: &'static str) -> Self {
        self.expect.already.push((status, text.into()));
        self
    }

    /// An error answer that means "it is so already" where this run has sent the call before; otherwise somebody else
    /// was first, and how they did it is not known.
    #[must_use]
    pub fn already_when_repeated(mut self, status: u16, text: &'static str) -> Self {
        self.expect.already_when_repeated.push((status, text.into()));
        self
    }

    /// It must not be sent again before the object was read, although the method says otherwise.
    #[must_use]
    pub fn reread(mut self) -> Self {
        self.on_unknown = OnUnknown::Reread;
        self
    }

    /// An error answer that means: the server will allow it later.
    #[must_use]
    pub fn later(mut self, status: u16, text: &'static str) -> Self {
        self.expect.later.push((status, text.into()));
        self
    }

    /// A body of `null` means that the object is missing, although the status is 200.
    #[must_use]
    pub fn null_is_missing(mut self) -> Self {
        self.expect.null_is_missing = true;
        self
    }

    /// The path as it is shown: `/organization/acme/quota/{id of quota[acme]}`.
    pub fn shown_path(&self) -> String {
        let mut path = String::new();
        for segment in &self.path {
            path.push('/');
            match segment {
                Segment::Text(text) => path.push_str(text),
                Segment::Handle(address) => path.push_str(&format!("{{id of {address}}}")),
            }
        }
        if self.slash {
            path.push('/');
        }
        path
    }
}

/// How the answers to a call are to be read. Any status from 200 to 299 is a success.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expect {
    /// Status and part of the message of errors that mean "already so" or "already gone".
    pub already: Vec<(u16, Cow<'static, str>)>,
    /// The same, but only where this run has sent the call before.
    pub already_when_repeated: Vec<(u16, Cow<'static, str>)>,
    /// Status and part of the message of errors that mean "not yet": the change is deferred to a later run.
    pub later: Vec<(u16, Cow<'static, str>)>,
    /// Whether a `null` body means that the object is missing.
    pub null_is_missing: bool,
}

/// What to do when it is not known whether the server acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnknown {
    /// Sending it again does no harm.
    Repeat,
    /// It must not be sent again before the object was read.
    Reread,
}
