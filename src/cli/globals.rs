//! The flags that every command knows.

use clap::{Args, ValueEnum};

/// Flags that may stand before or after the command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// Use [registries.NAME] of quayform.toml, or `all` of them
    #[arg(long, global = true, value_name = "NAME")]
    pub registry: Option<String>,

    /// Use the registry at this address
    #[arg(long, global = true, value_name = "URL")]
    pub url: Option<String>,

    /// Accept any certificate of the registry: whoever is in between can read and change everything
    #[arg(long, global = true)]
    pub insecure: bool,

    /// Use an embedded registry, kept in .quayform/emulator.json; configured URLs and tokens are ignored
    #[arg(long, global = true)]
    pub emulator: bool,

    /// How the result is written
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,

    /// When to use colours; NO_COLOR is obeyed
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,

    /// Let the commands of [secrets.commands] and [credentials] run
    #[arg(long, global = true)]
    pub allow_commands: bool,

    /// Say more: -v every change of a plan by itself, and requests; -vv everything
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// How the result of a command is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON document and nothing else
    Json,
    /// A table for spreadsheets, with a line of headings
    Csv,
    /// The comment of a pull request, of less than 65,000 characters
    Markdown,
    /// A page that asks nobody for anything
    Html,
    /// Problems of manifests for code scanning
    Sarif,
    /// Problems of manifests as annotations of GitHub Actions
    Github,
    /// Tests for pipelines
    Junit,
}

impl std::fmt::Display for Format {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Csv => "csv",
            Format::Markdown => "markdown",
            Format::Html => "html",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Junit => "junit",
        })
    }
}

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
