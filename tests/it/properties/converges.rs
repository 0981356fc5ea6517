//! Plan, apply, plan again.

use proptest::prelude::*;
use quayform::model::State;

use super::case::{Case, case};
use super::config;

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn every_plan_converges(case in case()) {
        converges(&case);
    }
}

fn converges(case: &Case) {
    let lab = case.lab();
    let text = case.wanted.text();
    let planned = lab.plan(&text);
    if !planned.plan.refusals.is_empty() || planned.plan.diagnostics.has_errors() {
        return;
    }
    assert!(planned.plan.gaps.is_empty(), "{:#?}", planned.plan.gaps);
    let applied = lab.carry_out(&planned);
    for outcome in &applied.outcomes {
        assert!(matches!(outcome.state, State::Done | State::Deferred(_)), "{outcome:?} of {:#?}", planned.details());
    }
    if let Some(verified) = &applied.verified {
        assert!(verified.converged(), "{verified:#?} of {:#?}", planned.details());
    }
    let again = lab.plan(&text);
    assert!(again.plan.is_empty(), "second: {:#?} first: {:#?}", again.details(), planned.details());
}
