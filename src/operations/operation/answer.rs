//! What comes back of an operation, and what is looked at in it.

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
    /// The lines of the steps of a run of CocktailCloud, which can be followed while they are written.
    Steps,
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
    /// Where to look then, with `{names}` of inputs and of what is learnt.
    pub hint: Option<&'static str>,
}

/// What `--fail-on` looks at: the severity of each finding.
#[derive(Debug, Clone, Copy)]
pub struct Threshold {
    /// The words, from the gravest on.
    pub grades: &'static [&'static str],
}

/// A column that shows a value as it is.
pub const fn column(title: &'static str, at: &'static str) -> Column {
    shown(title, at, Show::Plain)
}

/// A column that shows a value in its own way.
pub const fn shown(title: &'static str, at: &'static str, show: Show) -> Column {
    Column { title, at, show }
}
