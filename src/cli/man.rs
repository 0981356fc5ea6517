//! `quayform man`: manual pages.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Command as Clap, CommandFactory};
use clap_mangen::Man;

use super::Cli;
use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::globals::Format;

/// The arguments of `man`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Write one page for each command into this directory, such as ~/.local/share/man/man1
    #[arg(value_name = "DIRECTORY")]
    directory: Option<PathBuf>,
}

/// Prints the page of the program, or writes those of all commands.
pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    context.only_formats(&[Format::Text])?;
    let mut command = Cli::command();
    command.build();
    let Some(directory) = &arguments.directory else {
        context.ui.data(&page(&command, "quayform")?);
        return Ok(Exit::Done);
    };
    let mut pages = Vec::new();
    collect(&command, "quayform", &mut pages)?;
    let directory_here = context.path(directory);
    let written = write(&directory_here, &pages);
    written.map_err(|error| Failure::new(format!("{} cannot be written to", directory.display())).because(error))?;
    context
        .ui
        .message(&format!("{} pages in {}.", pages.len(), directory.display()));
    Ok(Exit::Done)
}

/// The page of a command and those of the commands below it, each with its name.
fn collect(command: &Clap, name: &str, pages: &mut Vec<(String, String)>) -> Result<(), Failure> {
    pages.push((name.to_owned(), page(command, name)?));
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        collect(below, &format!("{name}-{}", below.get_name()), pages)?;
    }
    Ok(())
}

fn page(command: &Clap, name: &str) -> Result<String, Failure> {
    let mut page = Vec::new();
    Man::new(command.clone().name(name.to_owned()).display_name(name.to_owned()))
        .render(&mut page)
        .map_err(|error| Failure::new("the page cannot be made").because(error))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn write(directory: &Path, pages: &[(String, String)]) -> std::io::Result<()> {
    fs::create_dir_all(directory)?;
    pages
        .iter()
        .try_for_each(|(name, page)| fs::write(directory.join(format!("{name}.1")), page))
}
