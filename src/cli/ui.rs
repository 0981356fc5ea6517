//! The only file that prints: data to stdout, messages and progress to stderr.

use std::io::{self, BufRead, ErrorKind, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::exit::Exit;
use super::failure::Failure;
use super::findings::Findings;
use super::globals::{Color, Format};
use crate::report::diagnostics::Appearance;

/// The user's terminal, or what stands in its place. Clones are the same one.
#[derive(Clone)]
pub struct Ui {
    format: Format,
    bars: MultiProgress,
    /// Whether lines take the place of progress, since nothing can be drawn.
    tells: bool,
    /// Why data could not be written: the first cause.
    broken: Arc<Mutex<Option<io::Error>>>,
}

impl Ui {
    /// Decides on colours and progress once, and starts the log at the level that `-v` asks for.
    pub fn new(format: Format, color: Color, verbose: u8) -> Self {
        let choice = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        choice.write_global();
        let shows_progress = format != Format::Json && verbose == 0 && io::stderr().is_terminal();
        let target = if shows_progress {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let ui = Ui {
            format,
            bars: MultiProgress::with_draw_target(target),
            tells: format != Format::Json && !shows_progress,
            broken: Arc::default(),
        };
        ui.start_log(verbose);
        ui
    }

    fn start_log(&self, verbose: u8) {
        let filter = match verbose {
            0 => return,
            1 => "quayform=debug",
            _ => "quayform=trace,reqwest=debug,hyper_util=debug",
        };
        // A second log in one process (tests) is refused and changes nothing.
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_target(false)
            .with_ansi(has_color(&io::stderr()))
            .with_writer(io::stderr)
            .try_init();
    }

    /// The format that the result is written in.
    pub fn format(&self) -> Format {
        self.format
    }

    /// How text for stdout looks.
    pub fn appearance(&self) -> Appearance {
        Appearance {
            width: width(),
            color: has_color(&io::stdout()),
            ..Appearance::default()
        }
    }

    /// How text for stderr looks.
    pub fn message_appearance(&self) -> Appearance {
        Appearance {
            width: width(),
            color: has_color(&io::stderr()),
            ..Appearance::default()
        }
    }

    /// Prints the result, or a part of it; a missing line break at its end is added.
    pub fn data(&self, text: &str) {
        let mut text = text.to_owned();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        if broken.is_some() {
            return;
        }
        let mut stdout = AutoStream::auto(io::stdout());
        let written = self
            .bars
            .suspend(|| stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()));
        *broken = written.err();
    }

    /// Prints lines, if there are any.
    pub fn lines(&self, lines: &str) {
        if !lines.is_empty() {
            self.data(lines);
        }
    }

    /// Prints the one JSON document of a run.
    pub fn json(&self, document: &impl serde::Serialize) -> Result<(), Failure> {
        let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        if broken.is_some() {
            return Ok(());
        }
        let mut stdout = io::BufWriter::new(io::stdout());
        let written = self.bars.suspend(|| {
            serde_json::to_writer_pretty(&mut stdout, document)?;
            writeln!(stdout)
                .and_then(|()| stdout.flush())
                .map_err(serde_json::Error::io)
        });
        match written {
            Err(error) if error.is_io() => *broken = Some(error.into()),
            other => other.map_err(|error| Failure::new("the result cannot be written as JSON").because(error))?,
        }
        Ok(())
    }

    /// Says something to the person; not part of the result, and left out beside a JSON document.
    pub fn message(&self, text: &str) {
        if self.format != Format::Json {
            self.to_stderr(text);
        }
    }

    /// Warns, whatever the format.
    pub fn warning(&self, text: &str) {
        let label = if self.message_appearance().color {
            "\u{1b}[1;33mwarning:\u{1b}[0m"
        } else {
            "warning:"
        };
        self.to_stderr(&format!("{label} {text}"));
    }

    /// Shows the problems of files; left out beside a JSON document, which holds them itself.
    pub fn findings(&self, findings: &Findings) {
        if !findings.diagnostics.is_empty() {
            self.message(&format!("{}\n", findings.text(self.message_appearance())));
        }
    }

    /// Says why the command could not do what was asked: as text to stderr, or as the JSON document.
    pub fn failure(&self, failure: &Failure) {
        if self.format == Format::Json {
            self.data(&format!("{:#}", failure.json()));
        } else {
            self.to_stderr(&failure.text(self.message_appearance()));
        }
    }

    /// Asks a question that only `yes` (or `y`) affirms. Refused where nobody can answer.
    pub fn confirm(&self, question: &str) -> Result<bool, Failure> {
        // Only as text the plan has been shown by now.
        if self.format != Format::Text || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Err(Failure::new("nobody can be asked: this is not a terminal")
                .certain("nothing was changed")
                .help("run it in a terminal, or approve with --auto-approve"));
        }
        // Nothing may be held while the person thinks: an interrupt has something to say too.
        self.bars.suspend(|| {
            let mut stderr = AutoStream::auto(io::stderr());
            let _ = write!(stderr, "{question} [yes/no] ").and_then(|()| stderr.flush());
        });
        let mut answer = String::new();
        // A closed terminal has not said yes.
        let _ = io::stdin().lock().read_line(&mut answer);
        Ok(matches!(answer.trim().to_lowercase().as_str(), "yes" | "y"))
    }

    /// Asks for a text; `None` where nobody can answer, or nothing is answered.
    pub fn ask(&self, question: &str) -> Option<String> {
        if self.format == Format::Json || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return None;
        }
        self.bars.suspend(|| {
            let mut stderr = AutoStream::auto(io::stderr());
            let _ = write!(stderr, "{question} ").and_then(|()| stderr.flush());
        });
        let mut answer = String::new();
        let _ = io::stdin().lock().read_line(&mut answer);
        Some(answer.trim().to_owned()).filter(|answer| !answer.is_empty())
    }

    /// Says that something begins that may take long: nobody shall wonder whether the program works. A terminal shows
    /// it as progress instead.
    pub fn begins(&self, text: &str) {
        if self.tells {
            self.message(text);
        }
    }

    /// Shows how far something is, on a terminal only.
    pub fn progress(&self, doing: &str) -> Progress {
        let style =
            ProgressStyle::with_template("{spinner} {msg} {pos}").unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = self.bars.add(ProgressBar::no_length().with_style(style));
        bar.set_message(doing.to_owned());
        Progress { bar }
    }

    /// The end of the run: a result that could not be written is an error, a reader that left early is not.
    pub fn finish(&self, exit: Exit) -> Exit {
        let broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner).take();
        match broken {
            Some(error) if error.kind() != ErrorKind::BrokenPipe => {
                let failure = Failure::new("the result could not be written").because(error);
                self.to_stderr(&failure.text(self.message_appearance()));
                exit.worst(failure.exit())
            }
            _ => exit,
        }
    }

    fn to_stderr(&self, text: &str) {
        let line_break = if text.ends_with('\n') { "" } else { "\n" };
        // Where stderr is closed there is nobody left to tell.
        self.bars.suspend(|| {
            let _ = write!(AutoStream::auto(io::stderr()), "{text}{line_break}");
        });
    }
}

/// A line that shows how far something is; it goes away with this value.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// So many are done.
    pub fn set(&self, done: u64) {
        self.bar.set_position(done);
    }

    /// So many are done, of a number that is now known.
    pub fn set_of(&self, done: u64, total: u64) {
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {pos}/{len}") {
            self.bar.set_style(style);
        }
        self.bar.set_length(total);
        self.bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Answers `--help` and `--version` on stdout and wrong usage on stderr.
pub fn usage(answer: &clap::Error) -> Exit {
    let _ = answer.print();
    if answer.use_stderr() { Exit::Error } else { Exit::Done }
}

/// From here on a panic anywhere says that it is a bug in quayform, and ends the process.
pub fn report_panics_as_bugs() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let payload = panic.payload();
        let words = payload.downcast_ref::<&str>().copied();
        let cause = words
            .or(payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("no message");
        let failure = Failure::new("this is a bug in quayform; the run ends here")
            .because(format!("{cause} ({place})"))
            .certain("what was sent before stays; the next run reads what is there before it writes")
            .help("please report it with the command, this message and the output of quayform --version")
            .ending(Exit::Bug);
        let _ = io::stderr().write_all(failure.text(Appearance::default()).as_bytes());
        std::process::exit(i32::from(failure.exit().code()));
    }));
}

/// The columns of the terminal; what is too narrow or too wide to read is not used.
fn width() -> usize {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let measured = || terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| usize::from(width.0));
    asked
        .or_else(measured)
        .unwrap_or(Appearance::default().width)
        .clamp(40, 120)
}

fn has_color(stream: &impl anstream::stream::RawStream) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}
