//! The one difference between two ends that no order promises to avoid.

use serde_json::Value as Json;

/// Whether a difference is the grant `write` of a mirror's robot that has as much by another way. The server adds it where
/// the robot has less than that when the mirror is made: so it is there or not, after which of the two came first.
pub(super) fn is_needless(difference: &str, end: &Json) -> bool {
    let repositories = end.pointer("/store/repositories").and_then(Json::as_object);
    repositories.into_iter().flatten().any(|(name, repository)| {
        let robot = repository.pointer("/mirror/robot").and_then(Json::as_str);
        robot.is_some_and(|robot| {
            let grant = format!("/store/repositories/{name}/user_roles/{robot} = \"write\"");
            difference.get(2..) == Some(grant.as_str()) && writes_through_a_team(name, repository, robot, end)
        })
    })
}

/// Whether an account is in a team that may push to a repository, or administers all of them.
fn writes_through_a_team(name: &str, repository: &Json, account: &str, end: &Json) -> bool {
    let organization = name.split('/').next().unwrap_or_default();
    let teams = &end["store"]["organizations"][organization]["teams"];
    teams.as_object().into_iter().flatten().any(|(team, view)| {
        let is_in_it = view["members"]
            .as_array()
            .is_some_and(|members| members.iter().any(|member| member == account));
        let writes = ["write", "admin"]
            .map(Json::from)
            .contains(&repository["team_roles"][team]);
        is_in_it && (writes || view["role"] == "admin")
    })
}
