//! Applies of which every write succeeded and something still reads otherwise: exit code 6, with the likely cause.

use serde_json::json;

use super::program::{Program, check};
use super::server;
use crate::meddler::by;

const SEED: &str = r#"{
    "users": [{"name": "carol", "token": "carol-token"}],
    "organizations": [{"name": "acme",  "teams": {
        "owners": {"role": "admin", "members": ["quayadmin", "carol"]}, "developers": {"role": "member"}
    }}]
}"#;

const ACME: &str = r#"
kind: Organization
name: acme
teams: {developers: {role: creator, description: Application developers}}
"#;

const DEVELOPERS: &str = "/organization/acme/team/developers";

#[test]
fn somebody_else_s_change_is_exit_6_and_names_them() {
    let url = server::meddled(server::registry(SEED), |emulator, method, path| {
        if method == "PUT" && path.ends_with(DEVELOPERS) {
            let theirs = json!({ "role": "admin", "description": "Ours" });
            by(emulator, "carol-token", "PUT", DEVELOPERS, &theirs);
        }
    });
    let program = Program::new(&[("acme.yaml", ACME)]).at(&url, "emulator-token");
    let runs = [
        program.run(&["apply", "--auto-approve"]),
        program.run(&["apply", "--auto-approve", "--format", "json"]),
    ];
    assert_eq!((runs[0].code, runs[1].code), (Some(6), Some(6)), "{}", runs[0].shown());
    let residual = &runs[1].json()["residual"][0];
    assert_eq!(residual["address"], "team[acme/developers]");
    let difference = &residual["differences"][0];
    assert_eq!(
        (&difference["field"], &difference["wanted"], &difference["found"]),
        (&json!("role"), &json!("creator"), &json!("admin"))
    );
    let cause = &difference["cause"];
    assert_eq!(
        (&cause["likely"], &cause["performer"]),
        (&json!("somebody"), &json!("carol"))
    );
    assert_eq!(
        (&cause["event"], &cause["ip"]),
        (&json!("org_set_team_role"), &json!("127.0.0.1"))
    );
    check("unconverged", &runs[..1]);
}
