//! The moments of a plan: everything that can be done while the rest is not.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::model::{Address, Change, HashMap, HashSet, World};
use crate::plan::step;

/// Up to so many steps every prefix is looked at, above it a sample.
const EXHAUSTIVE: usize = 12;

/// How many prefixes a sample holds.
const SAMPLE: usize = 1_000;

/// Which steps come before which, also by way of others.
pub(super) struct Precedence {
    /// For each step what it comes after; all of that stands before it in the plan.
    firsts: Vec<Vec<usize>>,
    /// Everything before a step that comes after very much: looked up once.
    wide: RefCell<HashMap<usize, Rc<HashSet<usize>>>>,
}

/// What comes after more than that is remembered.
const WIDE: usize = 256;

impl Precedence {
    /// Follows the edges of the plan, whose changes must be in an order that keeps them.
    pub(super) fn new(changes: &[Change]) -> Self {
        let writes = changes.iter().enumerate().filter(|(_, change)| change.action.writes());
        let places: HashMap<&Address, usize> = writes.map(|(index, change)| (&change.address, index)).collect();
        let firsts = |(index, change): (usize, &Change)| {
            let firsts = change.after.iter().filter_map(|first| places.get(first).copied());
            firsts.filter(|first| *first < index).collect()
        };
        Precedence {
            firsts: changes.iter().enumerate().map(firsts).collect(),
            wide: RefCell::default(),
        }
    }

    /// Whether `first` is done before `later` begins.
    pub(super) fn is_before(&self, first: usize, later: usize) -> bool {
        first < later && self.all_before(later, first).contains(&first)
    }

    /// For each of some steps those of them that are done before it begins, all by their places in the list.
    fn among(&self, steps: &[usize]) -> Vec<Vec<usize>> {
        let lowest = steps.iter().copied().min().unwrap_or_default();
        let before = |later: &usize| {
            let all = self.all_before(*later, lowest);
            (0..steps.len()).filter(|place| all.contains(&steps[*place])).collect()
        };
        steps.iter().map(before).collect()
    }

    /// What is done before a step begins, but for what stands before `lowest` in the plan.
    fn all_before(&self, later: usize, lowest: usize) -> Rc<HashSet<usize>> {
        if let Some(known) = self.wide.borrow().get(&later) {
            return Rc::clone(known);
        }
        let mut found = self.search(later, lowest);
        if found.len() > WIDE {
            found = self.search(later, 0);
        }
        let is_wide = found.len() > WIDE;
        let found = Rc::new(found);
        if is_wide {
            self.wide.borrow_mut().insert(later, Rc::clone(&found));
        }
        found
    }

    fn search(&self, later: usize, lowest: usize) -> HashSet<usize> {
        let (mut found, mut open) = (HashSet::default(), vec![later]);
        while let Some(step) = open.pop() {
            let firsts = self.firsts[step].iter().copied().filter(|first| *first >= lowest);
            open.extend(firsts.filter(|first| found.insert(*first)));
        }
        found
    }
}

/// The steps that bear on one question, and the world without them.
pub(super) struct Walk<'a> {
    pub(super) start: World,
    pub(super) changes: &'a [Change],
    pub(super) steps: Vec<usize>,
    pub(super) precedence: &'a Precedence,
    /// How many moments to look at, at most.
    pub(super) limit: usize,
}

/// What is done at a moment: whether, by the place in [`Walk::steps`].
pub(super) type Done = Vec<bool>;

impl Walk<'_> {
    /// The world when everything is done, in the order of the plan.
    pub(super) fn end(&self) -> World {
        let mut world = self.start.clone();
        self.steps
            .iter()
            .for_each(|step| step::advance(&self.changes[*step], &mut world));
        world
    }

    /// Shows the world at every moment, or at a sample of them; stops when `visit` says so.
    pub(super) fn visit(&self, visit: &mut dyn FnMut(&World, &Done) -> bool) {
        let firsts = self.precedence.among(&self.steps);
        if self.steps.len() > EXHAUSTIVE || !self.all(&firsts, visit) {
            self.sample(&firsts, visit);
        }
    }

    /// Says whether that was all, or what was looked for was found.
    fn all(&self, firsts: &[Vec<usize>], visit: &mut dyn FnMut(&World, &Done) -> bool) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![(vec![false; self.steps.len()], self.start.clone())];
        while let Some((done, world)) = open.pop() {
            if !visit(&world, &done) {
                return true;
            }
            if seen.len() > self.limit {
                return false;
            }
            for place in ready(&done, firsts) {
                let mut next = done.clone();
                next[place] = true;
                if seen.insert(next.clone()) {
                    open.push((next, self.after(&world, place)));
                }
            }
        }
        true
    }

    /// Goes random ways from the beginning to the end; the same ones in every run.
    fn sample(&self, firsts: &[Vec<usize>], visit: &mut dyn FnMut(&World, &Done) -> bool) {
        let mut chance = Chance(self.steps.len() as u64);
        let mut left = SAMPLE.min(self.limit);
        while left > 0 {
            let (mut done, mut world) = (vec![false; self.steps.len()], self.start.clone());
            loop {
                if left == 0 || !visit(&world, &done) {
                    return;
                }
                left -= 1;
                let ready: Vec<usize> = ready(&done, firsts).collect();
                let Some(place) = ready.get(chance.below(ready.len())) else {
                    break;
                };
                done[*place] = true;
                world = self.after(&world, *place);
            }
        }
    }

    fn after(&self, world: &World, place: usize) -> World {
        let mut world = world.clone();
        step::advance(&self.changes[self.steps[place]], &mut world);
        world
    }
}

fn ready<'a>(done: &'a Done, firsts: &'a [Vec<usize>]) -> impl Iterator<Item = usize> + use<'a> {
    (0..done.len()).filter(|place| !done[*place] && firsts[*place].iter().all(|first| done[*first]))
}

/// A small generator (SplitMix64): the plan decides, nothing else does.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % limit.max(1)
    }
}
