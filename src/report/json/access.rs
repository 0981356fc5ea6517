//! Who may do what: `{format_version, registry, rows [{on, subject, role, ways}], gaps}`.

use serde_json::{Value as Json, json};

use crate::access::{By, On, Row};
use crate::model::Gap;
use crate::saved::{FORMAT_VERSION, gap, subject};

/// The rows as a document; `registry` is nothing where only manifests were looked at.
pub fn access(rows: &[Row], registry: Option<&str>, gaps: &[Gap]) -> Json {
    json!({
        "format_version": FORMAT_VERSION,
        "registry": registry,
        "rows": rows.iter().map(row).collect::<Vec<_>>(),
        "gaps": gaps.iter().map(gap).collect::<Vec<_>>(),
    })
}

fn row(row: &Row) -> Json {
    let ways = row.ways.iter().map(|way| {
        let (by, team) = match &way.by {
            By::Grant => ("grant", None),
            By::Team(team) => ("team", Some(team)),
            By::AdminTeam(team) => ("admin_team", Some(team)),
            By::Public => ("public", None),
            By::Home => ("own_account", None),
            By::Superuser => ("superuser", None),
            By::DefaultPermission => ("default_permission", None),
            By::Creator(team) => ("creator_team", Some(team)),
        };
        json!({ "role": way.role.word(), "by": by, "team": team })
    });
    json!({
        "on": match &row.on {
            On::Repository(name) => json!({ "repository": name }),
            On::NextRepositories { organization, created_by } => {
                json!({ "next_repositories": organization, "created_by": created_by })
            }
        },
        "subject": subject(&row.subject),
        "role": row.role.word(),
        "ways": ways.collect::<Vec<_>>(),
    })
}
