//! `quayform completions SHELL`.

use clap::{Args, ValueEnum};
use clap_complete::env::Shells;

use super::complete::VARIABLE;
use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The shell that is to complete commands
    #[arg(value_enum)]
    shell: Shell,
}

/// Shells that can complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Add to ~/.bashrc: source <(quayform completions bash)
    Bash,
    /// Add to ~/.zshrc, after compinit: source <(quayform completions zsh)
    Zsh,
    /// Add to ~/.config/fish/config.fish: quayform completions fish | source
    Fish,
    /// Add to $PROFILE: quayform completions powershell | Out-String | Invoke-Expression
    #[value(name = "powershell")]
    PowerShell,
    /// Add to ~/.config/elvish/rc.elv: eval (quayform completions elvish | slurp)
    Elvish,
}

impl Shell {
    fn name(self) -> &'static str {
        match self {
            Shell::Bash => "bash",
            Shell::Zsh => "zsh",
            Shell::Fish => "fish",
            Shell::PowerShell => "powershell",
            Shell::Elvish => "elvish",
        }
    }
}

/// Prints the script. It asks the program what may come next, so that it knows the addresses of the project too.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    context.only_formats(&[Format::Text])?;
    let shells = Shells::builtins();
    let mut script = Vec::new();
    let written = shells
        .completer(arguments.shell.name())
        .map(|shell| shell.write_registration(VARIABLE, "quayform", "quayform", "quayform", &mut script));
    match written {
        Some(Ok(())) => context.ui.data(&String::from_utf8_lossy(&script)),
        Some(Err(error)) => return Err(Failure::new("the script cannot be made").because(error)),
        None => return Err(Failure::new("this shell has no script")),
    }
    Ok(Exit::Done)
}
