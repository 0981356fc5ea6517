//! The read requests that several kinds share, each spelled once.
//!
//! The letters are those of the API guide §2.1.

use std::fmt::Write;

use crate::model::{Collection, Form, Paging, Query};

/// Percent-encodes everything but letters, digits and `-._~`, so that a name is always one segment.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte as char);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A repository's `namespace/name` with each segment encoded; names may be nested.
pub fn encode_repository(repository: &str) -> String {
    repository.split('/').map(encode).collect::<Vec<_>>().join("/")
}

/// The query of these names and values, from its question mark on; empty where there are none.
pub fn encode_query(pairs: &[(String, String)]) -> String {
    let pairs = pairs.iter().enumerate().map(|(place, (name, value))| {
        let separator = if place == 0 { '?' } else { '&' };
        format!("{separator}{}={}", encode(name), encode(value))
    });
    pairs.collect()
}

/// The server's switches; anonymous.
pub const CONFIG: &str = "/config";
/// What the server's API has, as Swagger: large, anonymous, and the same for all (API guide §1.3).
pub const DISCOVERY: &str = "/api/v1/discovery";
/// Who the token belongs to; needs `user:read`.
pub const USER: &str = "/api/v1/user/";

/// What everybody is told; anonymous.
pub const MESSAGES: &str = "/api/v1/messages";
/// Every service key; for superusers.
pub const SERVICE_KEYS: &str = "/api/v1/superuser/keys";
/// Every user, 100 a page; for superusers.
pub const USERS: &str = "/api/v1/superuser/users/?limit=100";
/// Every organization, 100 a page; for superusers.
pub const ORGANIZATIONS: &str = "/api/v1/superuser/organizations/?limit=100";

/// A: settings, teams with their counts, quotas.
pub fn organization(name: &str) -> String {
    format!("/api/v1/organization/{}", encode(name))
}

/// B: every repository, 100 a page.
pub fn repositories(organization: &str) -> String {
    format!("/api/v1/repository?namespace={}", encode(organization))
}

/// B, with when each was last pushed to and how much it was used within a week. It costs the server two more queries
/// (measured: 0.5 s a page become 0.7), so it is asked only where repositories may go.
pub fn repositories_with_use(organization: &str) -> String {
    format!("{}&last_modified=true&popularity=true", repositories(organization))
}

/// C: every robot with its teams and the names of the repositories it has grants on.
pub fn robots(organization: &str) -> String {
    format!(
        "/api/v1/organization/{}/robots?permissions=true&token=false",
        encode(organization)
    )
}

/// Every robot with its token, in one request; for credential sinks alone, never for planning.
pub fn robot_tokens(organization: &str) -> String {
    format!(
        "/api/v1/organization/{}/robots?permissions=false&token=true",
        encode(organization)
    )
}

/// C for the token's own user.
pub fn own_robots() -> String {
    "/api/v1/user/robots?permissions=true&token=false".to_owned()
}

/// Every robot of the token's own user with its token; for credential sinks alone.
pub fn own_robot_tokens() -> String {
    "/api/v1/user/robots?permissions=false&token=true".to_owned()
}

/// One robot of the token's own user.
pub fn own_robot(short: &str) -> String {
    format!("/api/v1/user/robots/{}", encode(short))
}

/// Rules of one sort of the token's own account.
pub fn own_policies(route: &str) -> String {
    format!("/api/v1/user/{route}/")
}

/// The outside identities of a robot of the token's own user.
pub fn own_robot_federation(short: &str) -> String {
    format!("/api/v1/user/robots/{}/federation", encode(short))
}

/// D: every human in a team.
pub fn members(organization: &str) -> String {
    format!("/api/v1/organization/{}/members", encode(organization))
}

/// E: every human in no team with direct grants.
pub fn collaborators(organization: &str) -> String {
    format!("/api/v1/organization/{}/collaborators", encode(organization))
}

/// F: every default permission.
pub fn default_permissions(organization: &str) -> String {
    format!("/api/v1/organization/{}/prototypes", encode(organization))
}

/// G: every OAuth application.
pub fn applications(organization: &str) -> String {
    format!("/api/v1/organization/{}/applications", encode(organization))
}

/// The applications that the token's own user has authorized; needs `user:admin`.
pub const AUTHORIZATIONS: &str = "/api/v1/user/authorizations";

/// M: every grant of a team.
pub fn team_permissions(organization: &str, team: &str) -> String {
    format!(
        "/api/v1/organization/{}/team/{}/permissions",
        encode(organization),
        encode(team)
    )
}

/// The members of one team, with invitations that are not answered yet.
pub fn team_members(organization: &str, team: &str) -> String {
    format!(
        "/api/v1/organization/{}/team/{}/members?includePending=true",
        encode(organization),
        encode(team)
    )
}

/// One robot with its metadata, which lists leave out.
pub fn robot(organization: &str, short: &str) -> String {
    format!("/api/v1/organization/{}/robots/{}", encode(organization), encode(short))
}

/// The outside identities that may act as one robot; there is no list over several.
pub fn robot_federation(organization: &str, short: &str) -> String {
    format!(
        "/api/v1/organization/{}/robots/{}/federation",
        encode(organization),
        encode(short)
    )
}

/// N: every grant of a robot; needs `user:admin` besides.
pub fn robot_permissions(organization: &str, short: &str) -> String {
    format!(
        "/api/v1/organization/{}/robots/{}/permissions",
        encode(organization),
        encode(short)
    )
}

/// P: users and robots with a grant on one repository.
pub fn user_permissions(repository: &str) -> String {
    format!("/api/v1/repository/{}/permissions/user/", encode_repository(repository))
}

/// One repository with what lists leave out: it costs the server a query over three months.
pub fn repository(name: &str) -> String {
    format!("/api/v1/repository/{}?includeTags=false", encode_repository(name))
}

/// The notifications of one repository; there is no list over several.
pub fn notifications(repository: &str) -> String {
    format!("/api/v1/repository/{}/notification/", encode_repository(repository))
}

/// Whether an e-mail address was confirmed for a repository; only where mail is sent, or else another repository answers.
pub fn authorized_email(repository: &str, email: &str) -> String {
    format!(
        "/api/v1/repository/{}/authorizedemail/{}",
        encode_repository(repository),
        encode(email)
    )
}

/// L: every notification of an organization.
pub fn organization_notifications(organization: &str) -> String {
    format!("/api/v1/organization/{}/notifications", encode(organization))
}

/// The living tags of one repository, 100 a page.
pub fn tags(repository: &str) -> String {
    format!(
        "/api/v1/repository/{}/tag/?onlyActiveTags=true&limit=100",
        encode_repository(repository)
    )
}

/// One tag, as a list with one element or none.
pub fn tag(repository: &str, name: &str) -> String {
    format!("{}&specificTag={}", tags(repository), encode(name))
}

/// The labels of one manifest.
pub fn labels(repository: &str, digest: &str) -> String {
    let repository = encode_repository(repository);
    format!("/api/v1/repository/{repository}/manifest/{}/labels", encode(digest))
}

/// The build triggers of one repository.
pub fn triggers(repository: &str) -> String {
    format!("/api/v1/repository/{}/trigger/", encode_repository(repository))
}

/// The rules about tags of one organization or repository (`acme/api`); `route` says of which sort.
pub fn policies(owner: &str, route: &str) -> String {
    match owner.contains('/') {
        true => format!("/api/v1/repository/{}/{route}/", encode_repository(owner)),
        false => format!("/api/v1/organization/{}/{route}/", encode(owner)),
    }
}

/// I: what an organization passes on.
pub fn proxy_cache(organization: &str) -> String {
    format!("/api/v1/organization/{}/proxycache", encode(organization))
}

/// K: the mirror of a whole organization.
pub fn organization_mirror(organization: &str) -> String {
    format!("/api/v1/organization/{}/mirror", encode(organization))
}

/// The mirror of one repository.
pub fn mirror(repository: &str) -> String {
    format!("/api/v1/repository/{}/mirror", encode_repository(repository))
}

/// The usage log of an organization and its repositories: the last day, 20 entries a page, the newest first.
pub fn usage_log(organization: &str) -> String {
    format!("/api/v1/organization/{}/logs", encode(organization))
}

/// The usage log of the token's own account.
pub const OWN_USAGE_LOG: &str = "/api/v1/user/logs";

/// How many events of each kind there were on each day, from the first second of a day (`MM/DD/YYYY`) until the server's
/// now: of the organization and its repositories, in one answer. More than a month is refused.
pub fn usage_counts(organization: &str, first_day: &str) -> String {
    format!(
        "/api/v1/organization/{}/aggregatelogs?starttime={}",
        encode(organization),
        encode(first_day)
    )
}

/// A usage log between two days (`MM/DD/YYYY`), both included; `log` is the log's own target.
pub fn usage_log_between(log: &str, first_day: &str, last_day: &str) -> String {
    format!("{log}?starttime={}&endtime={}", encode(first_day), encode(last_day))
}

/// How many events of each kind a usage log holds on each of these days; more than a month is refused.
pub fn usage_counts_between(log: &str, first_day: &str, last_day: &str) -> String {
    let counts = format!("{}/aggregatelogs", log.strip_suffix("/logs").unwrap_or(log));
    usage_log_between(&counts, first_day, last_day)
}

/// A query that one request answers, with what the answer must look like.
pub fn ask(target: String, form: &'static Form, reason: impl Into<String>, serves: Vec<Collection>) -> Query {
    Query {
        target,
        form,
        reason: reason.into(),
        serves,
        paging: Paging::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_one_segment() {
        assert_eq!(encode("acme+ci"), "acme%2Bci");
        assert_eq!(encode("a/b c"), "a%2Fb%20c");
        assert_eq!(mirror("acme/a/b"), "/api/v1/repository/acme/a/b/mirror");
    }
}
