//! What the answer to each read request must look like: beside [`targets`](super::targets), in the same order.
//!
//! Only what existence, identity or a proof depends on is demanded, so that servers of other versions fit too; of the
//! rest only the type. Everything here was seen in recorded answers (`tests/wire/`).

use crate::model::shape::{Form, Key, Shape, key, optional};

use Shape::{Anything, List, Map, Name, Number, Object, OneOf, OrNull, Switch, Text};

/// What nothing is concluded from.
pub const ANYTHING: Form = Form::always(Anything);

/// The server's switches; preflight says what is wrong with them.
pub const CONFIG: Form = Form::always(Anything);

/// What the server's API has.
pub const DISCOVERY: Form = Form::always(Object(&[
    key("paths", Map(&Anything)),
    key("definitions", Map(&Anything)),
]));

/// Who the token belongs to.
pub const USER: Form = Form::always(Object(&[
    key("username", Name),
    optional("super_user", OrNull(&Switch)),
    optional(
        "organizations",
        List(&Object(&[key("name", Name), optional("is_org_admin", Switch)])),
    ),
]));

/// What everybody is told.
pub const MESSAGES: Form = Form::always(Object(&[key(
    "messages",
    List(&Object(&[
        key("uuid", Name),
        key("content", Text),
        key("severity", Name),
        key("media_type", Name),
    ])),
)]));

/// Every service key; the names of those that services make by themselves may be empty.
pub const SERVICE_KEYS: Form = Form::always(Object(&[key(
    "keys",
    List(&Object(&[
        key("kid", Name),
        key("service", Name),
        key("name", OrNull(&Text)),
        key("expiration_date", OrNull(&Text)),
        key("approval", OrNull(&Object(&[key("approval_type", Name)]))),
    ])),
)]));

/// Every user; the same for each page.
pub const USERS: Form = Form::always(Object(&[
    key(
        "users",
        List(&Object(&[
            key("username", Name),
            key("enabled", Switch),
            key("super_user", Switch),
            optional("email", OrNull(&Text)),
            optional("quotas", List(&QUOTA)),
        ])),
    ),
    NEXT_PAGE,
]));

/// Every organization; the same for each page.
pub const ORGANIZATIONS: Form = Form::always(Object(&[key("organizations", List(&NAMED)), NEXT_PAGE]));

/// The public view of an account.
pub const ACCOUNT: Form = Form::perhaps(Object(&[key("username", Name)]));

/// A: to a stranger it shows no teams, and to all but administrators no quotas.
pub const ORGANIZATION: Form = Form::perhaps(Object(&[
    key("is_admin", Switch),
    optional("teams", Map(&TEAM)),
    optional("quotas", List(&QUOTA)),
    optional("email", OrNull(&Text)),
    optional("tag_expiration_s", OrNull(&Number)),
]));

const TEAM: Shape = Object(&[
    key("name", Name),
    key("role", Name),
    optional("description", OrNull(&Text)),
    optional("member_count", Number),
    optional("repo_count", Number),
    optional("is_synced", Switch),
]);

const QUOTA: Shape = Object(&[
    key("id", Number),
    key("limit_bytes", Number),
    key(
        "limits",
        List(&Object(&[
            key("id", Number),
            key("type", Name),
            key("limit_percent", Number),
        ])),
    ),
]);

/// B: every repository; the same for each page. Strangers are not told what they have starred (behaviour.md §10).
pub const REPOSITORIES: Form = Form::always(Object(&[
    key(
        "repositories",
        List(&Object(&[
            key("name", Name),
            key("is_public", Switch),
            key("state", Name),
            optional("description", OrNull(&Text)),
        ])),
    ),
    NEXT_PAGE,
]))
.known_by("is_starred");

/// Where a list goes on: a page that leads nowhere known would be the end of a list that has none.
const NEXT_PAGE: Key = optional("next_page", OrNull(&Name));

/// C: to all but administrators it hides teams and repositories.
pub const ROBOTS: Form = Form::always(Object(&[key(
    "robots",
    List(&Object(&[
        key("name", Name),
        optional("description", OrNull(&Text)),
        optional("teams", List(&NAMED)),
        optional("repositories", List(&Name)),
    ])),
)]));

/// D: every human in a team.
pub const MEMBERS: Form = Form::always(Object(&[key(
    "members",
    List(&Object(&[
        key("name", Name),
        key("teams", List(&NAMED)),
        key("repositories", List(&Name)),
    ])),
)]));

/// E: every human in no team with direct grants.
pub const COLLABORATORS: Form = Form::always(Object(&[key(
    "collaborators",
    List(&Object(&[key("name", Name), key("repositories", List(&Name))])),
)]));

/// F: every default permission.
pub const DEFAULT_PERMISSIONS: Form = Form::always(Object(&[key(
    "prototypes",
    List(&Object(&[
        key("id", Name),
        key("role", Name),
        key("delegate", Object(&[key("name", Name), key("kind", Name)])),
        key("activating_user", OrNull(&NAMED)),
    ])),
)]));

/// G: every OAuth application; read-only superusers see null in place of some.
pub const APPLICATIONS: Form = Form::always(Object(&[key(
    "applications",
    List(&Object(&[
        key("name", Text),
        key("client_id", Name),
        optional("redirect_uri", OrNull(&Text)),
        optional("application_uri", OrNull(&Text)),
        optional("description", OrNull(&Text)),
        optional("avatar_email", OrNull(&Text)),
    ])),
)]));

/// The applications that the own user has authorized: names, without ids.
pub const AUTHORIZATIONS: Form = Form::always(Object(&[key(
    "authorizations",
    List(&Object(&[key(
        "application",
        Object(&[key("name", Text), key("organization", NAMED)]),
    )])),
)]));

/// M and N: the grants of a team or a robot.
pub const GRANTS: Form = Form::always(Object(&[key(
    "permissions",
    List(&Object(&[key("repository", NAMED), key("role", Name)])),
)]));

/// The members of one team, and what it is synchronized with; who is invited by an e-mail address alone has no name.
pub const TEAM_MEMBERS: Form = Form::always(Object(&[
    key(
        "members",
        List(&OneOf(&[
            Object(&[key("name", Name), key("invited", Switch)]),
            Object(&[key("email", Name), key("invited", Switch)]),
        ])),
    ),
    optional(
        "synced",
        OrNull(&Object(&[
            key("service", Name),
            optional("config", OrNull(&Map(&Anything))),
        ])),
    ),
]));

/// One robot with its metadata; asked only about robots that are in the list.
pub const ROBOT: Form = Form::always(Object(&[
    key("name", Name),
    optional("unstructured_metadata", OrNull(&Map(&Anything))),
]));

/// The outside identities of one robot; asked only about robots that are in the list.
pub const ROBOT_FEDERATION: Form = Form::always(List(&Object(&[key("issuer", Name), key("subject", Name)])));

/// P: users and robots by name.
pub const USER_PERMISSIONS: Form = Form::always(Object(&[key("permissions", Map(&Object(&[key("role", Name)])))]));

/// One repository, which is in the list.
pub const REPOSITORY: Form = Form::always(Object(&[key("trust_enabled", Switch)]));

/// L, and the notifications of one repository.
pub const NOTIFICATIONS: Form = Form::always(Object(&[key(
    "notifications",
    List(&Object(&[
        key("uuid", Name),
        key("title", OrNull(&Text)),
        key("event", Name),
        key("method", Name),
        key("config", Map(&Anything)),
        optional("event_config", OrNull(&Map(&Anything))),
    ])),
)]));

/// Whether an e-mail address was confirmed for a repository.
pub const AUTHORIZED_EMAIL: Form = Form::perhaps(Object(&[key("confirmed", Switch)]));

/// The living tags of one repository, or one of them; the same for each page.
pub const TAGS: Form = Form::always(Object(&[
    key(
        "tags",
        List(&Object(&[
            key("name", Name),
            key("manifest_digest", Name),
            optional("start_ts", Number),
            optional("end_ts", OrNull(&Number)),
            optional("immutable", OrNull(&Switch)),
        ])),
    ),
    key("has_additional", Switch),
]));

/// The labels of one manifest, which may not be there.
pub const LABELS: Form = Form::perhaps(Object(&[key(
    "labels",
    List(&Object(&[
        key("id", Name),
        key("key", Name),
        key("value", OrNull(&Text)),
        key("source_type", Name),
    ])),
)]));

/// The build triggers of one repository; what they hold besides is a secret.
pub const TRIGGERS: Form = Form::always(Object(&[key(
    "triggers",
    List(&Object(&[
        key("id", Name),
        key("is_active", Switch),
        key("enabled", Switch),
        key("build_source", OrNull(&Text)),
    ])),
)]));

/// The auto-prune rules of an organization or a repository; old servers have no patterns.
pub const AUTO_PRUNE: Form = Form::always(Object(&[key(
    "policies",
    List(&Object(&[
        key("uuid", Name),
        key("method", Name),
        key("value", OneOf(&[Number, Name])),
        optional("tagPattern", OrNull(&Text)),
        optional("tagPatternMatches", OrNull(&Switch)),
    ])),
)]));

/// The immutability rules of an organization or a repository.
pub const IMMUTABILITY: Form = Form::always(Object(&[key(
    "policies",
    List(&Object(&[
        key("uuid", Name),
        key("tagPattern", Name),
        optional("tagPatternMatches", OrNull(&Switch)),
    ])),
)]));

/// I: what an organization passes on; where it is nothing, all of it is blank texts.
pub const PROXY_CACHE: Form = Form::always(OneOf(&[
    Object(&[
        key("upstream_registry", Name),
        key("expiration_s", Number),
        key("insecure", Switch),
    ]),
    Object(&[
        key("upstream_registry", Text),
        key("expiration_s", Text),
        key("insecure", Text),
    ]),
]));

/// K: the mirror of a whole organization.
pub const ORGANIZATION_MIRROR: Form = Form::perhaps(Object(&[
    key("is_enabled", Switch),
    key("external_registry_type", Name),
    key("external_registry_url", Name),
    key("external_namespace", Name),
    key("robot_username", OrNull(&Text)),
    optional("repository_filters", OrNull(&List(&Text))),
    optional("external_registry_config", OrNull(&Map(&Anything))),
]));

/// The mirror of one repository.
pub const MIRROR: Form = Form::perhaps(Object(&[
    key("is_enabled", Switch),
    key("external_reference", Name),
    key("root_rule", Object(&[key("rule_value", List(&Text))])),
    key("robot_username", OrNull(&Text)),
    optional("sync_status", OrNull(&Text)),
    optional("sync_interval", OrNull(&Number)),
    optional("external_registry_config", OrNull(&Map(&Anything))),
]));

/// A page of the usage log (API guide §5.2).
pub const USAGE_LOG: Form = Form::always(Object(&[
    key("logs", List(&Object(&[key("kind", Name), key("datetime", Name)]))),
    NEXT_PAGE,
    SEARCHED,
]));

/// How many events of each kind there were on each day.
pub const USAGE_COUNTS: Form = Form::always(Object(&[
    key(
        "aggregated",
        List(&Object(&[
            key("kind", Name),
            key("count", Number),
            key("datetime", Name),
        ])),
    ),
    SEARCHED,
]));

/// Whether the log was looked through at all.
const SEARCHED: Key = optional("search_unavailable", OrNull(&Switch));

const NAMED: Shape = Object(&[key("name", Name)]);
