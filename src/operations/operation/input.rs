//! What an operation takes.

/// One thing that an operation takes.
#[derive(Debug, Clone, Copy)]
pub struct Input {
    /// Its name as an argument; in paths and queries also the API's, unless `place` says another.
    pub name: &'static str,
    /// How it is written.
    pub form: Form,
    /// Where it goes.
    pub place: Place,
    /// One line for help, without a full stop.
    pub help: &'static str,
    /// Whether it must be given.
    pub is_required: bool,
    /// Whether it stands by itself, without `--name`.
    pub is_positional: bool,
}

/// Where an input goes in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Into the path, where the route has `{name}`.
    Path,
    /// Into the query, under this name.
    Query(&'static str),
    /// Into the body, at this JSON pointer.
    Body(&'static str),
    /// Nowhere: it chooses the route.
    Choice,
}

/// How an input is written, and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Any text that is not empty.
    Text,
    /// A whole number that is not negative.
    Number,
    /// A flag without a value.
    Switch,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// `namespace/name`, where the name may have more slashes: the path's `{repository}`.
    Repository,
    /// `acme+ci`: the path's `{organization}` and `{robot}`; a short name alone is a robot of one's own account.
    Robot,
    /// `acme` or `acme/api`: the path's `{organization}` or `{repository}`.
    Subject,
    /// A digest, or a tag, of which the digest is looked up: the path's `{manifest}`.
    Manifest,
    /// A day, `2026-11-22`, which the API wants as `11/22/2026`.
    Day,
    /// A moment, `2027-01-01` or `2027-01-01T12:00:00Z`, or from now on, `90d`; sent as seconds since 1970.
    Moment,
    /// A length of time, `90d`; sent in seconds.
    Duration,
    /// A JSON document.
    Json,
    /// The path of a file, JSON or YAML, that holds a map; all of it goes there.
    MapFile,
    /// The same with a list.
    ListFile,
    /// May be given several times; sent as a list of texts.
    Texts,
}

impl Input {
    const fn new(name: &'static str, form: Form, place: Place, help: &'static str) -> Self {
        Input {
            name,
            form,
            place,
            help,
            is_required: false,
            is_positional: false,
        }
    }

    /// An argument that must be given and goes into the path.
    pub const fn argument(name: &'static str, form: Form, help: &'static str) -> Self {
        Input {
            is_required: true,
            is_positional: true,
            ..Input::new(name, form, Place::Path, help)
        }
    }

    /// A flag that goes into the path.
    pub const fn path(name: &'static str, form: Form, help: &'static str) -> Self {
        Input::new(name, form, Place::Path, help)
    }

    /// A flag that goes into the query, under this name.
    pub const fn query(name: &'static str, parameter: &'static str, form: Form, help: &'static str) -> Self {
        Input::new(name, form, Place::Query(parameter), help)
    }

    /// A flag that goes into the body, at this JSON pointer.
    pub const fn body(name: &'static str, at: &'static str, form: Form, help: &'static str) -> Self {
        Input::new(name, form, Place::Body(at), help)
    }

    /// A switch that chooses the route.
    pub const fn choice(name: &'static str, help: &'static str) -> Self {
        Input::new(name, Form::Switch, Place::Choice, help)
    }

    /// How it is written on a command line: `REPOSITORY` or `--tag`.
    pub fn shown(&self) -> String {
        match self.is_positional {
            true => self.name.to_uppercase(),
            false => format!("--{}", self.name),
        }
    }

    /// The same, which must be given.
    pub const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// The same, which need not be given.
    pub const fn optional(mut self) -> Self {
        self.is_required = false;
        self
    }

    /// The same, without `--name`.
    pub const fn positional(mut self) -> Self {
        self.is_positional = true;
        self
    }
}
