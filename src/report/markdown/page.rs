//! A text that stays within its limit, however much there is to say.

/// How much room is kept for each list that is still to come.
const RESERVE: usize = 400;

/// A text with a limit in bytes, and so in characters too.
pub(super) struct Page {
    text: String,
    limit: usize,
    /// Whether something was left out.
    is_cut: bool,
}

/// One list: the gravest entries first.
pub(super) struct List {
    /// The line above it, in Markdown.
    pub(super) heading: String,
    /// One line of Markdown each.
    pub(super) entries: Vec<String>,
}

impl Page {
    /// An empty page.
    pub(super) fn new(limit: usize) -> Self {
        Page {
            text: String::new(),
            limit,
            is_cut: false,
        }
    }

    /// How much still fits, with this much kept free.
    pub(super) fn room(&self, reserve: usize) -> usize {
        self.limit.saturating_sub(self.text.len() + reserve)
    }

    /// Adds what fits, and otherwise nothing of it.
    pub(super) fn push(&mut self, text: &str) -> bool {
        let fits = text.len() <= self.room(0);
        if fits {
            self.text.push_str(text);
        }
        self.is_cut |= !fits;
        fits
    }

    /// Adds as much of each list as fits, the first ones first; what is left out is counted.
    pub(super) fn lists(&mut self, lists: Vec<List>, after: usize) {
        let mut left = lists.len();
        for list in lists {
            left -= 1;
            // One list must not take the room of all others.
            let room = self.room(after + left * RESERVE);
            let most = if left > 0 { room / 2 } else { room };
            self.list(&list, most);
        }
    }

    fn list(&mut self, list: &List, most: usize) {
        let heading = format!("\n#### {}\n\n", list.heading);
        let mut text = heading;
        let mut shown = 0;
        for entry in &list.entries {
            if text.len() + entry.len() + 80 > most {
                break;
            }
            text.push_str(&format!("- {entry}\n"));
            shown += 1;
        }
        if shown < list.entries.len() {
            text.push_str(&format!("- and {} more\n", list.entries.len() - shown));
            self.is_cut = true;
        }
        self.push(&text);
    }

    /// The text, with a sentence where something was left out.
    pub(super) fn finish(mut self, sentence: &str) -> String {
        if self.is_cut {
            self.push(sentence);
        }
        self.text
    }

    /// Notes that something was left out.
    pub(super) fn cut(&mut self) {
        self.is_cut = true;
    }
}
