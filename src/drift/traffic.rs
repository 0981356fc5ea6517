//! Which events of the usage log change no configuration (API guide §5.3).

/// Pushes, pulls, tags, builds, copying, tokens that are used. An event that does not stand here counts as a change.
const TRAFFIC: &[&str] = &[
    "autoprune_tag_delete",
    "build_dockerfile",
    "cancel_build",
    "change_tag_expiration",
    "change_tag_immutability",
    "create_tag",
    "delete_tag",
    "delete_tag_failed",
    "export_logs_failure",
    "export_logs_success",
    "federated_robot_token_exchange",
    "login_failure",
    "login_success",
    "manifest_label_add",
    "manifest_label_delete",
    "move_tag",
    "permanently_delete_tag",
    "pull_repo",
    "pull_repo_failed",
    "push_repo",
    "push_repo_failed",
    "repo_mirror_sync_failed",
    "repo_mirror_sync_started",
    "repo_mirror_sync_success",
    "repo_mirror_sync_tag_failed",
    "repo_mirror_sync_tag_success",
    "repo_verb",
    "revert_tag",
    "tags_made_immutable_by_policy",
];

/// Whether an event comes of the registry's use, and changes nothing that could be declared.
pub fn is_traffic(event: &str) -> bool {
    TRAFFIC.contains(&event)
}
