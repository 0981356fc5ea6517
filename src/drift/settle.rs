//! Drift that may only be an apply under way: it is looked at again once that has come to rest.

use std::time::Duration;

use jiff::SignedDuration;

use crate::http::{Clock, Stop};

/// What one look at the registry showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Whether anything differs.
    pub differs: bool,
    /// How long ago the newest own write was.
    pub youngest_own: Option<SignedDuration>,
    /// Whether an apply is known to be under way.
    pub applying: bool,
}

impl Standing {
    /// How long to wait before the next look; `None` where nothing can be under way.
    fn wait(&self, settle: Duration) -> Option<Duration> {
        if !self.differs || settle.is_zero() {
            return None;
        }
        if self.applying {
            return Some(settle);
        }
        let age = Duration::try_from(self.youngest_own?).unwrap_or_default();
        settle.checked_sub(age).filter(|left| !left.is_zero())
    }
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settling {
    /// How long it was waited.
    pub waited: Duration,
    /// Whether own writes still went on after that.
    pub goes_on: bool,
}

/// Looks at the registry; where something differs and own writes are younger than `settle`, once more after that time.
/// `tell` hears of the wait before it begins.
pub async fn settled<T, E>(
    (clock, stop): (&dyn Clock, &Stop),
    settle: Duration,
    tell: impl Fn(Duration),
    mut look: impl AsyncFnMut() -> Result<(T, Standing), E>,
) -> Result<(T, Settling), E> {
    let (seen, standing) = look().await?;
    let Some(wait) = standing.wait(settle) else {
        let goes_on = standing.applying;
        let waited = Duration::ZERO;
        return Ok((seen, Settling { waited, goes_on }));
    };
    tell(wait);
    if !stop.wait(clock, wait).await {
        let goes_on = true;
        let waited = Duration::ZERO;
        return Ok((seen, Settling { waited, goes_on }));
    }
    let (seen, standing) = look().await?;
    let goes_on = standing.wait(settle).is_some();
    Ok((seen, Settling { waited: wait, goes_on }))
}
