//! `mesh agents-md`: the paragraph for the instructions of an agent.

/// The paragraph: at most sixty lines of Markdown.
pub const TEXT: &str = include_str!("agents.md");

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use commands::grammar::{self, Reading, Said};

    use super::TEXT;
    use crate::Arguments;

    /// The blocks of that kind, with what stands in them.
    fn blocks(kind: &str) -> Vec<&'static str> {
        let fences = TEXT.split("```").skip(1).step_by(2);
        fences.filter_map(|block| block.strip_prefix(kind)?.strip_prefix('\n')).collect()
    }

    #[test]
    fn it_is_short() {
        assert!(TEXT.lines().count() <= 60, "{}", TEXT.lines().count());
    }

    #[test]
    fn every_message_in_it_is_grammar() {
        let messages = blocks("text");
        assert!(messages.len() >= 3);
        for message in messages {
            let reading = grammar::read(&Said::plain(message.trim_end()), false);
            assert!(matches!(reading, Reading::Utterance(_)), "{message}: {reading:?}");
        }
    }

    #[test]
    fn every_command_in_it_is_one() {
        let commands: Vec<_> = blocks("sh").into_iter().flat_map(str::lines).collect();
        assert!(commands.len() >= 5);
        for command in commands {
            let command =
                command.split(" # ").next().unwrap_or_default().split(" && ").next().unwrap_or_default();
            let words = grammar::words(command);
            assert!(Arguments::try_parse_from(&words).is_ok(), "{words:?}");
        }
    }
}
