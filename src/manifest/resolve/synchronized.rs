//! Teams whose people come from the registry's directory: nobody else may put people into them.

use crate::kinds::team::TeamSpec;
use crate::manifest::Project;
use crate::model::{Diagnostic, Diagnostics, Place};

/// Checks every team that is to be synchronized.
pub(super) fn check(project: &Project, diagnostics: &mut Diagnostics) {
    for organization in project.organizations.values() {
        for (name, team) in organization.teams.iter().flat_map(|teams| &teams.value) {
            let sync = team.value.sync.as_ref();
            if let Some(sync) = sync.filter(|sync| !sync.value.absent.as_ref().is_some_and(|absent| absent.value)) {
                check_team(name, &team.value, sync.place, diagnostics);
            }
        }
    }
}

fn check_team(name: &str, team: &TeamSpec, sync: Place, diagnostics: &mut Diagnostics) {
    let people = team.members.iter().flat_map(|members| &members.value);
    let people = people.filter(|member| !member.value.contains('+'));
    let invited = team.invites.iter().flat_map(|invites| &invites.value);
    for account in people.chain(invited) {
        let message = format!("the people of `{name}` come from its group");
        diagnostics.push(
            Diagnostic::error("synchronized-team", message, account.place)
                .also(sync, "the team is synchronized by this")
                .help(format!(
                    "put `{}` into the group, or delete `sync`; robots may stand here",
                    account.value
                )),
        );
    }
}
