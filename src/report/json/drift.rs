//! Drift for programs; `schema/drift.schema.json` describes the document.

use serde_json::{Value as Json, json};

use crate::drift::{Coverage, Drifted, End, Entry, Ignored, LogRead, Report, Untold, Verdict};
use crate::model::{Change, Sources};
use crate::saved;
use crate::settings::IgnoreRule;

/// What `drift` adds to the document: everything but what plans say as well.
pub fn drift(report: &Report, sources: &Sources, expired: &[IgnoreRule]) -> Json {
    json!({
        "tally": report.tally(),
        "drift": report.drifted.iter().map(|each| drifted(each, sources)).collect::<Vec<_>>(),
        "ignored": report.ignored.iter().map(|each| ignored(each, sources)).collect::<Vec<_>>(),
        "expired_rules": expired.iter().map(rule).collect::<Vec<_>>(),
        "coverage": report.coverage.as_ref().map(coverage),
        "logs": report.logs.iter().map(log).collect::<Vec<_>>(),
        "settling": {
            "waited_seconds": report.settling.waited.as_secs(),
            "goes_on": report.settling.goes_on,
        },
    })
}

/// One difference, with what is known about how it came.
pub fn drifted(drifted: &Drifted, sources: &Sources) -> Json {
    let mut json = difference(&drifted.change, sources);
    json["sort"] = json!(drifted.sort.word());
    json["verdict"] = verdict(drifted.verdict());
    if !drifted.is_of_one_mind() {
        let each = drifted.verdicts.iter();
        let each = each.filter_map(|(field, told)| Some(((*field)?.to_owned(), verdict(told))));
        json["verdicts"] = Json::Object(each.collect());
    }
    json
}

/// `{address, action, fields: [{name, live, declared, secret, note}], because}`.
fn difference(change: &Change, sources: &Sources) -> Json {
    let mut encoded = saved::change(change, sources, None);
    if let Some(fields) = encoded["fields"].as_array_mut() {
        for field in fields {
            *field = json!({
                "name": field["name"],
                "live": field["before"],
                "declared": field["after"],
                "secret": field["secret"],
                "note": field["note"],
            });
        }
    }
    json!({
        "address": encoded["address"],
        "action": encoded["action"],
        "fields": encoded["fields"],
        "because": encoded["because"],
    })
}

fn ignored(ignored: &Ignored, sources: &Sources) -> Json {
    let mut json = difference(&ignored.change, sources);
    json["sort"] = json!(ignored.sort.word());
    json["rule"] = rule(&ignored.rule);
    json
}

fn rule(rule: &IgnoreRule) -> Json {
    json!({
        "ignores": rule.to_string(),
        "reason": rule.reason,
        "until": rule.until.map(|until| until.to_string()),
    })
}

fn verdict(verdict: &Verdict) -> Json {
    let mut json = match verdict {
        Verdict::Changed(by) => json!({ "entry": entry(by) }),
        Verdict::Untold(why) => untold(why),
        Verdict::Unapplied { since, last } => json!({ "since": since, "last": last.as_ref().map(entry) }),
        Verdict::Applying => json!({}),
    };
    json["cause"] = json!(verdict.word());
    json
}

fn untold(why: &Untold) -> Json {
    match why {
        Untold::NoEntrySince(since) => json!({ "why": "no-entry-since", "since": since }),
        Untold::NoEntryIn(pages) => json!({ "why": "no-entry-in-pages", "pages": pages }),
        Untold::NotLogged(before) => json!({ "why": "not-logged", "last": entry(before) }),
        Untold::NoLog => json!({ "why": "no-log" }),
        Untold::NoOrganization => json!({ "why": "no-organization" }),
        Untold::Unreadable(reason) => json!({ "why": "unreadable-log", "reason": reason }),
    }
}

fn entry(entry: &Entry) -> Json {
    json!({
        "event": entry.event,
        "time": entry.time,
        "performer": entry.performer,
        "ip": entry.ip,
        "application": entry.application,
    })
}

fn coverage(coverage: &Coverage) -> Json {
    let total = coverage.total();
    let kinds = coverage.kinds.iter();
    let kinds = kinds.map(|(kind, covered)| {
        let covered = json!({ "managed": covered.managed, "live": covered.live });
        ((*kind).to_owned(), covered)
    });
    json!({
        "managed": total.managed,
        "live": total.live,
        "kinds": Json::Object(kinds.collect()),
    })
}

fn log(log: &LogRead) -> Json {
    let (end, since, reason) = match &log.end {
        End::Explained => ("explained", None, None),
        End::Since(since) => ("since", Some(since), None),
        End::Pages => ("pages", None, None),
        End::Unreadable(gap) => ("unreadable", None, Some(&gap.reason)),
    };
    json!({
        "organization": log.organization,
        "pages": log.pages,
        "requests": log.requests,
        "end": end,
        "since": since,
        "reason": reason,
    })
}
