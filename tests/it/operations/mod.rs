//! The table of operations: every row as a command line, sent to the embedded registry.

mod lines;
mod outcomes;
pub(crate) mod runs;

use std::collections::BTreeSet;

use quayform::operations::{self, Answer, Place};

/// Every request of the table is really sent by a line, and answered as the line says.
#[test]
fn every_route_of_every_row_is_sent() {
    let sent: Vec<&runs::Sent> = runs::all().iter().flat_map(|ran| &ran.requests).collect();
    let mut lacking = Vec::new();
    for operation in operations::all() {
        for route in operation.routes {
            let is_it = |request: &&runs::Sent| {
                request.command == operation.command()
                    && request.method == route.method.to_string()
                    && runs::fits(&format!("{}{}", route.target.root(), route.path), &request.path)
            };
            if !sent.iter().any(is_it) {
                lacking.push(format!("{}: {} {}", operation.command(), route.method, route.path));
            }
        }
    }
    assert!(lacking.is_empty(), "no line sends {lacking:#?}");
}

/// A line works, or is marked since the embedded registry does not play it.
#[test]
fn lines_end_as_they_say() {
    let surprises: Vec<&String> = runs::all().iter().filter_map(|ran| ran.surprise.as_ref()).collect();
    assert!(surprises.is_empty(), "{surprises:#?}");
}

#[test]
fn commands_are_distinct_and_their_inputs_have_a_place() {
    let mut commands = BTreeSet::new();
    for operation in operations::all() {
        let command = operation.command();
        assert!(commands.insert(command.clone()), "{command} is there twice");
        assert!(
            !operation.about.is_empty() && !operation.about.ends_with('.'),
            "{command}"
        );
        assert!(!operation.routes.is_empty(), "{command} sends nothing");
        for input in operation.inputs {
            assert!(
                !input.help.is_empty() && !input.help.ends_with('.'),
                "{command} {}",
                input.name
            );
            let chooses = |name: &str| operation.routes.iter().any(|route| route.chosen_by == Some(name));
            assert!(
                input.place != Place::Choice || chooses(input.name),
                "{command}: {} chooses nothing",
                input.name
            );
        }
    }
    assert!(commands.len() > 60, "{}", commands.len());
}

/// What changes something and says nothing of a loss must be harmless to repeat or to undo: the list is short, so that
/// whoever adds to it thinks.
#[test]
fn whatever_deletes_says_what_is_lost() {
    let silent: Vec<String> = operations::all()
        .filter(|operation| {
            let deletes = |route: &operations::Route| route.method.to_string() == "DELETE";
            operation.routes.iter().any(deletes) && operation.reversibility.lost().is_none()
        })
        .map(|operation| operation.command())
        .collect();
    assert_eq!(silent, ["build cancel", "label delete", "star remove"]);
}

#[test]
fn rows_that_hand_out_a_secret_show_an_object() {
    for operation in operations::all().filter(|operation| operation.handout.is_some()) {
        assert!(
            matches!(operation.answer, Answer::Object { .. }),
            "{}",
            operation.command()
        );
    }
}
