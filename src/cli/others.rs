//! Organizations of which no manifest speaks: whoever looks for drift is to know of them.

use super::context::Context;
use crate::drift;
use crate::model::{Desired, Plan, Shard};
use crate::read::{ReadError, Reader, administered};

/// Lists them with what is unmanaged, as far as the token administers them. It takes superusers one request for each
/// hundred organizations, and nobody else any. What cannot be told is said, and is no gap: nothing declared depends on it.
pub(super) async fn list(
    reader: &mut Reader,
    desired: &Desired,
    shard: Option<Shard>,
    plan: &mut Plan,
    context: &Context,
) {
    let unknown = match administered(reader).await {
        Ok(known) => {
            let others = drift::unnamed(&known.organizations, desired);
            plan.unmanaged.extend(others.filter(|address| {
                let name = address.namespace();
                shard.is_none_or(|shard| shard.holds(name)) && !plan.unreadable.contains(name)
            }));
            plan.summary.unmanaged = plan.unmanaged.len();
            known.gap.map(|gap| gap.reason)
        }
        Err(ReadError::TooMany(_)) => Some("--max-requests leaves no request for it".to_owned()),
        Err(ReadError::Preflight(error)) => Some(error.to_string()),
    };
    if let Some(why) = unknown {
        let text = format!("Which organizations no manifest speaks of is not known: {why}.");
        context.ui.message(&text);
    }
}
