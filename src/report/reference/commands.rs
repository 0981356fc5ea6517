//! `docs/commands.md`: every row of the table of operations, with what it sends and who may do it.

use super::{generated, row};
use crate::model::{Reversibility, Target};
use crate::operations::nouns::Noun;
use crate::operations::{Answer, Form, Input, Operation, Paging, Right, Route};

const INTRODUCTION: &str = "\
# Commands

One-shot actions, and looks at what is there. They take no manifests and make no plan: each sends the requests that stand
beside it. What manifests can write is better written there.

- Text for people; `--format json` prints `{format_version, registry, operation, has_more, answer}`, where `answer` is the
  registry's own, of a list all that was asked for.
- Lists that come in pages end after 100 lines: `--limit N`, `--all`.
- Before something is lost it is asked for: `--auto-approve` where nobody can answer.
- Secrets in answers are hidden. What hands one out wants to know where to: `--credentials-out DIR` keeps it in a file
  that only you can read, logins in the form of `--credentials-format`; `--show-secret` prints it.
- `{robot}` is `acme+ci` of an organization or `ci` of your own account; `{subject}` is `acme` or `acme/api`; `{manifest}`
  is a digest or a tag, of which the digest is looked up.
- Exit codes are those of every command: 0 done, 1 an error, also of what was waited for with `--wait`, 2 for `--fail-on`.
- What a server cannot do by its `/config` is refused before it is sent. Writes are sent exactly once.
- `quayform api METHOD PATH` is the way out for everything else.

";

/// The page for these nouns.
pub fn commands(nouns: &[Noun]) -> String {
    let mut page = generated() + INTRODUCTION;
    for noun in nouns {
        page.push_str(&format!("## {}\n\n{}.\n\n", noun.name, noun.about));
        page.push_str("| command | what it does | what it sends | for |\n|---|---|---|---|\n");
        for operation in noun.operations {
            page.push_str(&row(&[
                &format!("`{}`", synopsis(operation)),
                &explanation(operation),
                &sent(operation),
                &allowed(operation),
            ]));
        }
        page.push('\n');
    }
    page.trim_end().to_owned() + "\n"
}

/// The command with its arguments, as people type it.
fn synopsis(operation: &Operation) -> String {
    let mut words = vec![operation.command()];
    words.extend(operation.inputs.iter().map(word));
    let mut extras = Vec::new();
    if matches!(operation.answer, Answer::List { paging, .. } if paging != Paging::Whole) {
        extras.extend(["[--limit N]", "[--all]"]);
    }
    if operation.wait.is_some() {
        extras.push("[--wait]");
    }
    if operation.threshold.is_some() {
        extras.push("[--fail-on SEVERITY]");
    }
    if matches!(operation.answer, Answer::Log | Answer::Steps) {
        extras.push("[--follow]");
    }
    words.extend(extras.into_iter().map(str::to_owned));
    words.join(" ")
}

fn word(input: &Input) -> String {
    let name = input.name.to_uppercase();
    let word = match (input.is_positional, input.form) {
        (true, _) => name,
        (false, Form::Switch) => format!("--{}", input.name),
        (false, Form::MapFile | Form::ListFile) => format!("--{} FILE", input.name),
        (false, _) => format!("--{} {name}", input.name),
    };
    if input.is_required { word } else { format!("[{word}]") }
}

fn explanation(operation: &Operation) -> String {
    let mut text = format!("{}.", operation.about);
    match operation.reversibility {
        Reversibility::Reversible => {}
        Reversibility::Lossy(lost) => text.push_str(&format!(" Asks before it loses {lost}.")),
        Reversibility::Irreversible(lost) => text.push_str(&format!(" Asks before it loses, for good, {lost}.")),
    }
    if let Some(handout) = &operation.handout {
        let once = if handout.is_shown_once {
            ", which is shown only once"
        } else {
            ""
        };
        text.push_str(&format!(" Hands out {}{once}.", handout.what));
    }
    text
}

fn sent(operation: &Operation) -> String {
    let mut requests: Vec<String> = operation.routes.iter().map(request).collect();
    requests.dedup();
    requests.join("; ")
}

fn request(route: &Route) -> String {
    let needs = match route.features {
        [] => String::new(),
        features => format!(" (needs {})", features.join(", ")),
    };
    let root = match route.target {
        Target::Registry => "",
        Target::Cocktail => route.target.root(),
    };
    format!("`{} {root}{}`{needs}", route.method, route.path)
}

fn allowed(operation: &Operation) -> String {
    let mut rights: Vec<Right> = Vec::new();
    for route in operation.routes {
        if !rights.contains(&route.right) {
            rights.push(route.right);
        }
    }
    let words = rights.iter().map(|right| match right.scope() {
        "" => right.who().to_owned(),
        scope => format!("{} (`{scope}`)", right.who()),
    });
    words.collect::<Vec<_>>().join("; ")
}
