//! What one row of the table says about an operation.

use crate::http::Method;
use crate::model::Reversibility;

/// One command, `quayform NOUN VERB`, and the requests behind it.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// What it is about: `mirror`.
    pub noun: &'static str,
    /// What it does: `sync-now`.
    pub verb: &'static str,
    /// One sentence for help and reference, without a full stop.
    pub about: &'static str,
    /// What it takes, in the order of its arguments.
    pub inputs: &'static [Input],
    /// The requests it may send; the first that fits what is given is sent.
    pub routes: &'static [Route],
    /// What comes back, and what people see of it.
    pub answer: Answer,
    /// What it takes away for good: it is asked for before, unless it was approved.
    pub reversibility: Reversibility,
    /// The secret that the answer hands out.
    pub handout: Option<Handout>,
    /// What `--wait` waits for.
    pub wait: Option<Wait>,
    /// What `--fail-on` looks at.
    pub threshold: Option<Threshold>,
}

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
    /// May be given several times; sent as a list of texts.
    Texts,
}

/// One way to carry out an operation.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path below `/api/v1`, with `{names}` of inputs.
    pub path: &'static str,
    /// The switch that chooses this route; without it the route fits when all of its path is given.
    pub chosen_by: Option<&'static str>,
    /// Who may send it.
    pub right: Right,
    /// The features of the server without which it must not be sent: below `/repository/` it would be taken for
    /// something else (API guide §1.3).
    pub features: &'static [&'static str],
    /// What its body or query holds besides what is given.
    pub constants: &'static [(Place, Constant)],
    /// Whether the answer `null` says that what it is about is not there.
    pub missing_is_null: bool,
}

/// A value that a request holds whatever is given; what is given comes over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constant {
    /// `true` or `false`.
    Boolean(bool),
    /// A text.
    Text(&'static str),
    /// `null`.
    Null,
    /// `{}`.
    Object,
}

/// Who may carry out a request (the shorthand of the API guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Everybody, without a token.
    Anyone,
    /// Whoever may read the repository.
    RepositoryRead,
    /// Whoever may write to the repository.
    RepositoryWrite,
    /// Whoever administers the repository.
    RepositoryAdmin,
    /// Whoever is in a team of the organization.
    OrganizationMember,
    /// Whoever administers the organization.
    OrganizationAdmin,
    /// The token's own user, to read.
    OwnRead,
    /// The token's own user.
    Own,
    /// A superuser.
    Superuser,
    /// Nobody knows here.
    Unknown,
}

impl Right {
    /// Who that is, in words.
    pub fn who(self) -> &'static str {
        match self {
            Right::Anyone => "everybody",
            Right::RepositoryRead => "whoever may read the repository",
            Right::RepositoryWrite => "whoever may write to the repository",
            Right::RepositoryAdmin => "administrators of the repository",
            Right::OrganizationMember => "members of the organization",
            Right::OrganizationAdmin => "administrators of the organization",
            Right::OwnRead | Right::Own => "every user, for the own account",
            Right::Superuser => "superusers",
            Right::Unknown => "whoever the registry lets do it",
        }
    }

    /// The scope that the token needs; empty where it needs none.
    pub fn scope(self) -> &'static str {
        match self {
            Right::Anyone | Right::Unknown => "",
            Right::RepositoryRead => "repo:read",
            Right::RepositoryWrite => "repo:write",
            Right::RepositoryAdmin => "repo:admin",
            Right::OrganizationMember | Right::OrganizationAdmin => "org:admin",
            Right::OwnRead => "user:read",
            Right::Own => "user:admin",
            Right::Superuser => "super:user",
        }
    }
}

/// What comes back.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// Nothing that is worth a table: this is said, with `{names}` of inputs.
    Said(&'static str),
    /// A list at this JSON pointer; one line each.
    List {
        /// Where the list is; `""` where it is the whole answer.
        at: &'static str,
        /// What people see of each item.
        columns: &'static [Column],
        /// How the rest of it is asked for.
        paging: Paging,
    },
    /// One object at this JSON pointer; one line for each field.
    Object {
        /// Where the object is; `""` where it is the whole answer.
        at: &'static str,
        /// What people see of it.
        columns: &'static [Column],
    },
    /// The answer as it is, as JSON also for people.
    Whole,
    /// The lines of a build's log, which can be followed while they are written.
    Log,
    /// What a scanner found in an image.
    Findings,
}

/// How the rest of a list is asked for (API guide §1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// It comes in one answer.
    Whole,
    /// `next_page` in the answer goes into the query.
    NextPage,
    /// `page=2`, as long as the answer says this about itself.
    Numbered(&'static str),
    /// In whichever of these ways the answer shows.
    Any,
}

/// What people see of an object: a column of a table, or a line.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The title, in lower case.
    pub title: &'static str,
    /// The JSON pointer below the object; `""` is the object itself.
    pub at: &'static str,
    /// How it is shown.
    pub show: Show,
}

/// How a value is shown to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// As it is; only the first line of a text.
    Plain,
    /// A number of bytes.
    Bytes,
    /// Seconds since 1970, as a date and time.
    Moment,
    /// How many entries there are.
    Count,
    /// The names of the entries: `name` of each, or the texts themselves.
    Names,
}

/// A secret in an answer.
#[derive(Debug, Clone, Copy)]
pub struct Handout {
    /// Its JSON pointer.
    pub at: &'static str,
    /// What it is, in words.
    pub what: &'static str,
    /// The JSON pointer to what the file is called, below the whole answer; a text without `/` is the name itself.
    pub name: &'static str,
    /// Who logs in with it: such a secret is written in the form of a login.
    pub login: Option<Login>,
    /// Whether the server never shows it again.
    pub is_shown_once: bool,
}

/// Whose password a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// The user name is at this JSON pointer.
    At(&'static str),
    /// The user name is always this one.
    Always(&'static str),
}

/// What `--wait` waits for.
#[derive(Debug, Clone, Copy)]
pub struct Wait {
    /// The paths that tell how it stands, of which the first that is known is asked; their names are those of the
    /// request, and what the answer tells.
    pub paths: &'static [&'static str],
    /// What the answer to the request tells for those paths: a name and a JSON pointer.
    pub learns: &'static [(&'static str, &'static str)],
    /// The JSON pointer of the state.
    pub at: &'static str,
    /// The states in which it is done.
    pub good: &'static [&'static str],
    /// The states in which it has failed.
    pub bad: &'static [&'static str],
}

/// What `--fail-on` looks at: the severity of each finding.
#[derive(Debug, Clone, Copy)]
pub struct Threshold {
    /// The words, from the gravest on.
    pub grades: &'static [&'static str],
}

impl Operation {
    /// A row that sends nothing yet.
    pub const fn new(noun: &'static str, verb: &'static str, about: &'static str) -> Self {
        Operation {
            noun,
            verb,
            about,
            inputs: &[],
            routes: &[],
            answer: Answer::Whole,
            reversibility: Reversibility::Reversible,
            handout: None,
            wait: None,
            threshold: None,
        }
    }

    /// With these inputs.
    pub const fn takes(mut self, inputs: &'static [Input]) -> Self {
        self.inputs = inputs;
        self
    }

    /// With these routes, the most special first.
    pub const fn sends(mut self, routes: &'static [Route]) -> Self {
        self.routes = routes;
        self
    }

    /// Says this when it is done.
    pub const fn says(mut self, text: &'static str) -> Self {
        self.answer = Answer::Said(text);
        self
    }

    /// Answers with a list that comes whole.
    pub const fn lists(mut self, at: &'static str, columns: &'static [Column]) -> Self {
        self.answer = Answer::List {
            at,
            columns,
            paging: Paging::Whole,
        };
        self
    }

    /// Answers with a list that comes in pages.
    pub const fn pages(mut self, at: &'static str, paging: Paging, columns: &'static [Column]) -> Self {
        self.answer = Answer::List { at, columns, paging };
        self
    }

    /// Answers with one object.
    pub const fn shows(mut self, at: &'static str, columns: &'static [Column]) -> Self {
        self.answer = Answer::Object { at, columns };
        self
    }

    /// Answers with the lines of a build's log.
    pub const fn logs(mut self) -> Self {
        self.answer = Answer::Log;
        self
    }

    /// Loses this, although the object can come back.
    pub const fn loses(mut self, what: &'static str) -> Self {
        self.reversibility = Reversibility::Lossy(what);
        self
    }

    /// Loses this for good.
    pub const fn destroys(mut self, what: &'static str) -> Self {
        self.reversibility = Reversibility::Irreversible(what);
        self
    }

    /// Hands out a secret.
    pub const fn hands_out(mut self, handout: Handout) -> Self {
        self.handout = Some(handout);
        self
    }

    /// Can be waited for.
    pub const fn waits(mut self, wait: Wait) -> Self {
        self.wait = Some(wait);
        self
    }

    /// Answers with what a scanner found, of these severities, and can fail on it.
    pub const fn finds(mut self, grades: &'static [&'static str]) -> Self {
        self.answer = Answer::Findings;
        self.threshold = Some(Threshold { grades });
        self
    }

    /// The command without the program's name: `mirror sync-now`.
    pub fn command(&self) -> String {
        format!("{} {}", self.noun, self.verb)
    }

    /// Whether it changes nothing, whatever its inputs are.
    pub fn only_reads(&self) -> bool {
        self.routes.iter().all(|route| route.method == Method::Get)
    }

    /// The input of that name.
    pub fn input(&self, name: &str) -> Option<&'static Input> {
        self.inputs.iter().find(|input| input.name == name)
    }
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

impl Route {
    const fn new(method: Method, path: &'static str, right: Right) -> Self {
        Route {
            method,
            path,
            chosen_by: None,
            right,
            features: &[],
            constants: &[],
            missing_is_null: false,
        }
    }

    /// A read.
    pub const fn get(path: &'static str, right: Right) -> Self {
        Route::new(Method::Get, path, right)
    }

    /// A POST.
    pub const fn post(path: &'static str, right: Right) -> Self {
        Route::new(Method::Post, path, right)
    }

    /// A PUT.
    pub const fn put(path: &'static str, right: Right) -> Self {
        Route::new(Method::Put, path, right)
    }

    /// A DELETE.
    pub const fn delete(path: &'static str, right: Right) -> Self {
        Route::new(Method::Delete, path, right)
    }

    /// Only where this switch is given.
    pub const fn chosen_by(mut self, switch: &'static str) -> Self {
        self.chosen_by = Some(switch);
        self
    }

    /// Only where the server has these features.
    pub const fn needs(mut self, features: &'static [&'static str]) -> Self {
        self.features = features;
        self
    }

    /// With this besides what is given.
    pub const fn with(mut self, constants: &'static [(Place, Constant)]) -> Self {
        self.constants = constants;
        self
    }

    /// Answered with `null` where what it is about is not there.
    pub const fn missing_is_null(mut self) -> Self {
        self.missing_is_null = true;
        self
    }

    /// The names in the path.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }
}

/// A column that shows a value as it is.
pub const fn column(title: &'static str, at: &'static str) -> Column {
    shown(title, at, Show::Plain)
}

/// A column that shows a value in its own way.
pub const fn shown(title: &'static str, at: &'static str, show: Show) -> Column {
    Column { title, at, show }
}
