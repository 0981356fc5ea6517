//! Proxy caches of organizations: make, show, delete; there is no change (api.md, 3.14; proxycache.json of the
//! recordings).

use serde_json::{Map, Value, json};

use super::answer::{Answer, ORIGIN, Reply};
use super::call::Call;
use super::mirror_reference;
use super::records::ProxyCache;
use super::router::{Operation, Route};

const FEATURES: &[&str] = &["PROXY_CACHE"];

pub(super) const ROUTES: &[Route] = &[
    Route::with_features(
        "/api/v1/organization/{orgname}/proxycache",
        FEATURES,
        &[
            Operation::get("getProxyCacheConfig", read),
            Operation::post("createProxyCacheConfig", create).taking("NewProxyCacheConfig", new_proxy_cache),
            Operation::delete("deleteProxyCacheConfig", delete),
        ],
    ),
    Route::with_features(
        "/api/v1/organization/{orgname}/validateproxycache",
        FEATURES,
        &[Operation::post("validateProxyCacheConfig", validate).taking("NewProxyCacheConfig", new_proxy_cache)],
    ),
];

/// One day.
const EXPIRATION: i64 = 86_400;

fn new_proxy_cache() -> Value {
    json!({
        "type": "object",
        "required": ["upstream_registry"],
        "properties": { "upstream_registry": { "type": "string" } },
    })
}

/// Blank texts where there is none, also for an organization that does not exist (exchanges 1 and 25). Credentials never
/// come back (exchange 9).
fn read(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    call.require(call.caller.is_organization_member(call.store, &name))?;
    let organization = call.store.organizations.get(&name);
    let shown = match organization.and_then(|organization| organization.proxy_cache.as_ref()) {
        Some(cache) => json!({
            "upstream_registry": cache.upstream_registry,
            "expiration_s": cache.expiration,
            "insecure": cache.insecure,
        }),
        None => json!({ "upstream_registry": "", "expiration_s": "", "insecure": "" }),
    };
    Ok(Answer::ok(&shown))
}

fn create(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    call.require_organization_admin(&name)?;
    let body = call.json_object(&new_proxy_cache())?;
    refuse_company(call, &name)?;
    check_upstream(&body)?;
    let organization = call.store.organizations.get_mut(&name).ok_or_else(|| {
        let text = format!("Organization does not exist: {name}");
        Answer::message(400, &text)
    })?;
    if organization.proxy_cache.is_some() {
        return Err(Answer::invalid("Proxy Cache Configuration already exists"));
    }
    let cache = proxy_cache_of(&body)?;
    let metadata = json!({ "namespace": name, "upstream_registry": cache.upstream_registry });
    organization.proxy_cache = Some(cache);
    call.log("create_proxy_cache_config", &name, metadata);
    Ok(Answer::json(201, &json!("Created")))
}

/// What an organization cannot have besides (org_mirror, exchange 36; the text about policies is not recorded).
fn refuse_company(call: &Call<'_>, name: &str) -> Result<(), Answer> {
    let Some(organization) = call.store.organizations.get(name) else {
        return Ok(());
    };
    if organization.mirror.is_some() {
        let text = "Cannot create proxy cache: organization is managed by organization-level mirroring";
        return Err(Answer::invalid(text));
    }
    if !organization.immutability.is_empty() {
        let text = "Cannot create proxy cache: organization has immutability policies";
        return Err(Answer::invalid(text));
    }
    Ok(())
}

/// Registries inside the server's own network are refused without a request to them (exchanges 20 and 21).
fn check_upstream(body: &Map<String, Value>) -> Result<(), Answer> {
    let upstream = text(body, "upstream_registry").unwrap_or_default();
    let registry = upstream.split('/').next().unwrap_or_default();
    if registry.trim().is_empty() {
        return Err(Answer::invalid("URL must include a hostname"));
    }
    match mirror_reference::is_inside(registry) {
        true => Err(Answer::invalid("The provided registry URL is not allowed")),
        false => Ok(()),
    }
}

/// An expiration that is no number is an unhandled exception (exchange 22).
fn proxy_cache_of(body: &Map<String, Value>) -> Result<ProxyCache, Answer> {
    let owned = |field: &str| text(body, field).map(str::to_owned);
    let expiration = body.get("expiration_s").filter(|value| !value.is_null());
    let expiration = expiration.map(|value| value.as_i64().ok_or_else(Answer::server_error));
    Ok(ProxyCache {
        upstream_registry: owned("upstream_registry").unwrap_or_default(),
        username: owned("upstream_registry_username"),
        password: owned("upstream_registry_password"),
        expiration: expiration.transpose()?.unwrap_or(EXPIRATION),
        insecure: body.get("insecure").and_then(Value::as_bool).unwrap_or(false),
    })
}

fn delete(call: &mut Call<'_>) -> Reply {
    let name = call.parameter("orgname");
    call.require_organization_admin(&name)?;
    let organization = call.store.organizations.get_mut(&name).ok_or_else(Answer::not_found)?;
    organization.proxy_cache.take().ok_or_else(Answer::not_found)?;
    call.log("delete_proxy_cache_config", &name, json!({ "namespace": name }));
    Ok(Answer::json(201, &json!("Deleted")))
}

/// Signs in at the other registry. Only this one can be reached from here: every other is one that does not answer.
fn validate(call: &mut Call<'_>) -> Reply {
    const KNOWN: [&str; 5] = [
        "upstream_registry",
        "upstream_registry_username",
        "upstream_registry_password",
        "expiration_s",
        "insecure",
    ];
    let name = call.parameter("orgname");
    call.require_organization_admin(&name)?;
    let body = call.json_object(&new_proxy_cache())?;
    refuse_company(call, &name)?;
    check_upstream(&body)?;
    let failed = "Failed login to remote registry. Please verify entered details and try again.";
    let is_this_one = text(&body, "upstream_registry") == ORIGIN.strip_prefix("http://");
    if !is_this_one || body.keys().any(|key| !KNOWN.contains(&key.as_str())) {
        return Err(Answer::invalid(failed));
    }
    let Some(user) = text(&body, "upstream_registry_username") else {
        return Ok(Answer::json(202, &json!("Anonymous")));
    };
    let user = call.store.users.get(user);
    let password = text(&body, "upstream_registry_password");
    match user.is_some_and(|user| user.password.is_some() && user.password.as_deref() == password) {
        true => Ok(Answer::json(202, &json!("Valid"))),
        false => Err(Answer::invalid(failed)),
    }
}

fn text<'a>(body: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    body.get(field).and_then(Value::as_str)
}
