//! `import`: files of other tools become manifests, and what is not in them is said.

use super::program::{Program, check};

const AQUAYMAN: &str = "organization: acme
teams:
  - {name: owners, role: admin, members: [alice]}
  - name: developers
    role: creator
    description: They develop
    members: [bob, acme+ci]
repositories:
  - {name: '*', visibility: private, teams: {developers: write}}
  - {name: api, visibility: public, description: The API, users: {carol: read, acme+ci: write, other+bot: read}}
robots:
  - {name: ci, description: Pushes from CI, vaultSecret: kv/data/ci}
  - {name: old, deleted: true}
";

const ANSIBLE: &str = r#"- name: An organization
  hosts: localhost
  tasks:
    - name: The role
      include_role: {name: infra.quay_configuration.quay_org}
      vars:
        quay_org_host: https://quay.example.com
        quay_org_token: "{{ token }}"
        quay_org_name: production
        quay_org_email: production@example.com
        quay_org_cache_registry: quay.io/sclorg
        quay_org_cache_username: puller
        quay_org_cache_password: hunter2
        quay_org_cache_expiration: 259200
        quay_org_quota: 1.5 TiB
        quay_org_warning_pct: 90
        quay_org_reject_pct: 97
        quay_org_prune:
          - {method: tags, value: 15, tag_pattern: nightly}
          - {method: date, value: 5w}
        quay_org_users:
          - {username: lvasquez, email: lvasquez@example.com, password: vs9mrD55NP}
        quay_org_robots:
          - name: production+robotprod
        quay_org_teams:
          - {name: qa, role: member, members: [lvasquez]}
          - {name: ops, description: "{{ who }}", role: creator, members: [dwilde, production+robotprod]}
        quay_org_default_perms:
          - {name: ops, type: team, role: write}
          - {name: lvasquez, type: user, role: read, creator: dwilde}
        quay_org_applications:
          - {name: oauth_app, color: red}
        quay_org_repositories:
          - name: small_image
            visibility: private
            repo_state: READ_ONLY
            perms:
              - {name: qa, type: team, role: read}
              - {name: production+robotprod}
            prune:
              - {method: date, value: 1w}
    - name: A module
      infra.quay_configuration.quay_robot: {name: production+other, state: present}
"#;

#[test]
fn files_of_other_tools_become_manifests() {
    let program = Program::new(&[
        ("aquayman.yaml", AQUAYMAN),
        ("play.yaml", ANSIBLE),
        ("else.yaml", "a: [b]\n"),
    ]);
    let runs = [
        program.run(&["import", "aquayman", "aquayman.yaml"]),
        program.run(&["import", "ansible", "play.yaml"]),
        program.run(&["import", "ansible", "else.yaml"]),
        program.run(&["import", "aquayman", "nowhere.yaml"]),
    ];
    for (run, code) in runs.iter().zip([0, 0, 1, 1]) {
        assert_eq!(run.code, Some(code), "{}", run.shown());
    }
    assert!(!runs[1].shown().contains("hunter2") && !runs[1].shown().contains("vs9mrD55NP"));
    // They are laid out, and a plan of them can be made.
    let converted = Program::new(&[("acme.yaml", &runs[0].stdout), ("production.yaml", &runs[1].stdout)]);
    for arguments in [["fmt", "--check"], ["plan", "--emulator"]] {
        let run = converted.run(&arguments);
        assert_eq!(run.code, Some(0), "{}", run.shown());
    }
    check("imported", &runs);
}
