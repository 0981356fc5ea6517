//! Roles in between: never wider than the wider of before and after, not narrower where it can be had, and never without
//! an administrator.

use std::collections::BTreeSet;

use crate::kinds::{member, organization_member};
use crate::model::{Standing, Subject};
use crate::plan::ways::{Administration, Fact, InTheDim, Pair, Target, Way, Ways, Worth, allowed, can_narrow, kept};

/// Which step should come before which.
type Pairs = BTreeSet<(usize, usize)>;

/// What roles ask of the order.
#[derive(Default)]
pub(super) struct Wishes {
    /// Who administers an organization before and after does so all the time.
    pub(super) administrators: Pairs,
    /// A way that two steps decide is closed by the one before it is opened by the other.
    pub(super) narrow_first: Pairs,
    /// Who keeps a role has the new way before the old one goes.
    pub(super) open_first: Pairs,
}

const ADMINISTRATOR: Worth = Standing::Admin as Worth;

/// Goes through everybody whose roles the plan both opens and closes.
pub(super) fn wishes(ways: &Ways<'_>) -> Wishes {
    let mut wishes = Wishes::default();
    for pair in ways.pairs() {
        let (certain, supposed): (Vec<&Way<'_>>, Vec<_>) = pair.ways.iter().partition(|way| way.is_certain());
        narrow_first(&pair, &certain, &ways.live.caller.name, &mut wishes.narrow_first);
        for way in supposed {
            let with_it = [&certain[..], &[way]].concat();
            wishes.open_first.extend(open_first(&with_it).1);
        }
        let (keeps, edges) = open_first(&certain);
        let administers = keeps == ADMINISTRATOR && matches!(pair.target, Target::Organization(_));
        let list = if administers {
            &mut wishes.administrators
        } else {
            &mut wishes.open_first
        };
        list.extend(edges);
    }
    for target in ways.in_the_dim() {
        open_first_in_the_dim(&target, &mut wishes.open_first);
    }
    for administration in ways.administrations() {
        successors(&administration, &mut wishes.administrators);
        own_rights(ways, &administration, &mut wishes.administrators);
    }
    wishes
}

/// Of a membership that comes and a grant that shrinks, the grant goes first; of a membership that goes and a grant that
/// grows, the membership; and so on for everything that only together is a way.
fn narrow_first(pair: &Pair<'_>, certain: &[&Way<'_>], caller: &str, edges: &mut Pairs) {
    let is_own = pair.is_new && pair.subject == Subject::Account(caller.to_owned());
    let allowed = allowed(certain.iter().copied());
    for way in pair.ways.iter().filter(|way| way.worth(|fact| fact.peak) > allowed) {
        // What a birth gives too much is taken back by a step of its own; what stays of it may still be too much.
        let stays = way.worth(|fact| if fact.is_taken_back() { fact.after } else { fact.peak });
        if is_own || (pair.is_new && stays <= allowed) {
            continue;
        }
        for (place, closing) in way.0.iter().enumerate() {
            let others = way.0.iter().enumerate().filter(|(other, _)| *other != place);
            let opens = others.flat_map(|(_, fact)| &fact.opens);
            edges.extend(product(&closing.closes, opens));
        }
    }
}

/// The role that somebody keeps, and what must open before what closes for that.
fn open_first(ways: &[&Way<'_>]) -> (Worth, Pairs) {
    let ways = ways.iter().copied();
    let keeps = kept(ways.clone());
    let mut edges = Pairs::new();
    if can_narrow(ways.clone()) {
        let new = ways.clone().filter(|way| way.worth(|fact| fact.after) >= keeps);
        let old = ways.filter(|way| way.worth(|fact| fact.before) >= keeps);
        let closes: Vec<usize> = old
            .flat_map(|way| &way.0)
            .flat_map(|fact| &fact.closes)
            .copied()
            .collect();
        let opens: Vec<usize> = new
            .flat_map(|way| &way.0)
            .flat_map(|fact| &fact.opens)
            .copied()
            .collect();
        edges.extend(product(&opens, &closes));
    }
    (keeps, edges)
}

/// Who is in a team whose members no manifest lists is not known: anybody who is granted something else, or comes to
/// administer by another team, may be.
fn open_first_in_the_dim(target: &InTheDim<'_>, edges: &mut Pairs) {
    let opens = |facts: &[&Fact]| facts.iter().flat_map(|fact| fact.opens.clone()).collect::<Vec<_>>();
    let closes = |facts: &[&Fact]| facts.iter().flat_map(|fact| fact.closes.clone()).collect::<Vec<_>>();
    let (dim, clear) = (&target.dim, &target.clear);
    edges.extend(product(&opens(dim), &[closes(dim), closes(clear)].concat()));
    edges.extend(product(&opens(clear), &closes(dim)));
}

/// The new administrators are in before the old ones go, unless one of them stays throughout.
fn successors(administration: &Administration<'_>, edges: &mut Pairs) {
    let people = || {
        administration
            .ways
            .iter()
            .filter(|(account, ..)| !account.contains('+'))
            .map(|(.., way)| way)
    };
    if people().any(|way| way.worth(|fact| fact.before.min(fact.after)) == ADMINISTRATOR) {
        return;
    }
    let new = people().filter(|way| way.worth(|fact| fact.after) == ADMINISTRATOR);
    let old = people().filter(|way| way.worth(|fact| fact.before) == ADMINISTRATOR);
    let opens: BTreeSet<usize> = new
        .flat_map(|way| &way.0)
        .flat_map(|fact| &fact.opens)
        .copied()
        .collect();
    let closes: BTreeSet<usize> = old
        .flat_map(|way| &way.0)
        .flat_map(|fact| &fact.closes)
        .copied()
        .collect();
    edges.extend(product(&opens, &closes));
}

/// Whoever runs quayform keeps the right to do what is left to do. The server never lets them take themselves out of their
/// only admin team, also where they may do everything anyway.
fn own_rights(ways: &Ways<'_>, administration: &Administration<'_>, edges: &mut Pairs) {
    let caller = &ways.live.caller.name;
    let own = || {
        administration
            .ways
            .iter()
            .filter(|(account, ..)| account == caller)
            .map(|(.., way)| way)
    };
    let new: Vec<&Way<'_>> = own()
        .filter(|way| way.worth(|fact| fact.after) == ADMINISTRATOR)
        .collect();
    // Who makes an organization administers it from its birth.
    let administers = |way: &&Way<'_>| {
        way.worth(|fact| fact.before) == ADMINISTRATOR || way.0.iter().any(|fact| fact.is_taken_back())
    };
    let closes: BTreeSet<usize> = own()
        .filter(administers)
        .flat_map(|way| &way.0)
        .flat_map(|fact| &fact.closes)
        .copied()
        .collect();
    let opens: BTreeSet<usize> = new
        .iter()
        .flat_map(|way| &way.0)
        .flat_map(|fact| &fact.opens)
        .copied()
        .collect();
    edges.extend(product(&opens, &closes));
    if new.is_empty() {
        let leaves =
            |step: &usize| [member::NAME, organization_member::NAME].contains(&ways.changes[*step].address.kind);
        let leaving: Vec<usize> = closes.iter().copied().filter(leaves).collect();
        let others = ways
            .steps_in(&administration.organization)
            .filter(|step| !closes.contains(step));
        let others: Vec<usize> = others.collect();
        edges.extend(product(&others, &leaving));
    }
}

/// Each of the first before each of the later ones, but nothing before itself.
fn product<'a>(
    firsts: impl IntoIterator<Item = &'a usize>,
    laters: impl IntoIterator<Item = &'a usize>,
) -> impl Iterator<Item = (usize, usize)> {
    let laters: Vec<usize> = laters.into_iter().copied().collect();
    let pairs = firsts
        .into_iter()
        .flat_map(move |first| laters.clone().into_iter().map(move |later| (*first, later)));
    pairs.filter(|(first, later)| first != later)
}
