//! Conditions under which somebody has a role, and what they are worth in the course of a plan.

/// How much a fact lets through: a role or a standing as a number; 3 lets everything through.
pub(in crate::plan) type Worth = u8;

pub(in crate::plan) const ALL: Worth = 3;

/// One condition of a way, such as a membership or a grant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::plan) struct Fact {
    /// What it is worth in the live registry.
    pub(in crate::plan) before: Worth,
    /// What it is worth after the plan.
    pub(in crate::plan) after: Worth,
    /// The most that it is worth at any time.
    pub(in crate::plan) peak: Worth,
    /// The steps that raise it, by their places in the plan.
    pub(in crate::plan) opens: Vec<usize>,
    /// The steps that lower it.
    pub(in crate::plan) closes: Vec<usize>,
    /// Whether it may as well not hold: nobody read it, and it is only hinted at.
    pub(in crate::plan) is_supposed: bool,
}

impl Fact {
    pub(in crate::plan) const fn still(worth: Worth) -> Self {
        Fact {
            before: worth,
            after: worth,
            peak: worth,
            opens: Vec::new(),
            closes: Vec::new(),
            is_supposed: false,
        }
    }

    /// Whether it is worth the same all the time.
    pub(in crate::plan) fn is_still(&self) -> bool {
        self.before == self.after && self.peak == self.before
    }

    /// Whether it is worth no more in between than afterwards, and no less than before.
    pub(in crate::plan) fn only_rises(&self) -> bool {
        self.before <= self.after && self.peak == self.after
    }

    /// Whether it is worth no more in between than before, and no less than afterwards.
    pub(in crate::plan) fn only_falls(&self) -> bool {
        self.after <= self.before && self.peak == self.before
    }

    /// Whether what the server gives at an object's birth is taken back by a step of its own.
    pub(in crate::plan) fn is_taken_back(&self) -> bool {
        self.before == 0 && self.peak > self.after
    }
}

/// Conditions that must all hold; it is worth what the weakest of them lets through.
#[derive(Debug, Clone)]
pub(in crate::plan) struct Way<'f>(pub(in crate::plan) Vec<&'f Fact>);

impl Way<'_> {
    /// What it is worth, if each fact is worth what `worth` says.
    pub(in crate::plan) fn worth(&self, worth: impl Fn(&Fact) -> Worth) -> Worth {
        self.0.iter().map(|fact| worth(fact)).min().unwrap_or_default()
    }

    /// Whether it stands on nothing that is only supposed: what somebody may do by others is no measure of what is right.
    pub(in crate::plan) fn is_certain(&self) -> bool {
        !self.0.iter().any(|fact| fact.is_supposed)
    }

    pub(in crate::plan) fn steps(&self) -> impl Iterator<Item = usize> {
        self.0
            .iter()
            .flat_map(|fact| fact.opens.iter().chain(&fact.closes))
            .copied()
    }
}

/// What the best of some ways is worth, if each fact is worth what `of` says.
pub(in crate::plan) fn best<'w, 'f: 'w>(
    ways: impl IntoIterator<Item = &'w Way<'f>>,
    of: impl Fn(&Fact) -> Worth + Copy,
) -> Worth {
    ways.into_iter().map(|way| way.worth(of)).max().unwrap_or_default()
}

/// What somebody with these ways has before or after, whichever is more.
pub(in crate::plan) fn allowed<'w, 'f: 'w>(ways: impl IntoIterator<Item = &'w Way<'f>> + Clone) -> Worth {
    best(ways.clone(), |fact| fact.before).max(best(ways, |fact| fact.after))
}

/// What somebody with these ways has both before and after.
pub(in crate::plan) fn kept<'w, 'f: 'w>(ways: impl IntoIterator<Item = &'w Way<'f>> + Clone) -> Worth {
    best(ways.clone(), |fact| fact.before).min(best(ways, |fact| fact.after))
}

/// Whether they could have less of it in between, since no single way is worth as much all the time.
pub(in crate::plan) fn can_narrow<'w, 'f: 'w>(ways: impl IntoIterator<Item = &'w Way<'f>> + Clone) -> bool {
    best(ways.clone(), |fact| fact.before.min(fact.after)) < kept(ways)
}

/// A team's role as far as it is worth something in repositories: only that of administrators is.
pub(in crate::plan) fn administration(role: &Fact) -> Fact {
    let only = |worth: Worth| if worth == ALL { ALL } else { 0 };
    let (before, after) = (only(role.before), only(role.after));
    Fact {
        before,
        after,
        peak: only(role.peak),
        opens: if before < after { role.opens.clone() } else { Vec::new() },
        closes: if before > after {
            role.closes.clone()
        } else {
            Vec::new()
        },
        is_supposed: role.is_supposed,
    }
}
