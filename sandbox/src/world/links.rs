//! Addresses in a text, of the web and of letters.

use super::find::is_word;

/// The longest host, in bytes.
const HOST_LIMIT: usize = 255;
/// The longest part of a host, in bytes.
const LABEL_LIMIT: usize = 63;
/// The longest local part of an address of letters, in bytes.
const LOCAL_LIMIT: usize = 64;
/// Schemes that make an address of any host.
const SCHEMES: [&str; 4] = ["https://", "http://", "ftp://", "tonsite://"];
/// What an address never ends with.
const LOOSE: &str = ".:;,('?!`\"";
/// Endings of hosts that are taken for an address without a scheme, beside the countries': the common ones.
const ENDINGS: [&str; 48] = [
    "com",
    "org",
    "net",
    "edu",
    "gov",
    "mil",
    "int",
    "info",
    "biz",
    "name",
    "pro",
    "mobi",
    "app",
    "dev",
    "xyz",
    "site",
    "online",
    "shop",
    "store",
    "tech",
    "cloud",
    "blog",
    "page",
    "link",
    "click",
    "live",
    "news",
    "club",
    "top",
    "wiki",
    "world",
    "space",
    "website",
    "email",
    "agency",
    "company",
    "digital",
    "network",
    "systems",
    "software",
    "solutions",
    "tools",
    "zone",
    "art",
    "fun",
    "host",
    "team",
    "ton",
];
/// The countries' endings: `notes.md` and `main.rs` are addresses to Telegram, too.
const COUNTRIES: &str = "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt \
    bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk \
    fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je \
    jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr \
    ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs \
    ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw \
    tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";

/// The bytes of an address of the web that begins here.
pub(super) fn url(rest: &str) -> Option<usize> {
    let scheme = SCHEMES.iter().find(|scheme| has_prefix(rest, scheme)).map_or(0, |scheme| scheme.len());
    let after = &rest[scheme..];
    let user = after.find(|c: char| !c.is_ascii_graphic() || "/?#<>\"@".contains(c));
    let user = user.filter(|at| scheme > 0 && after[*at..].starts_with('@')).map_or(0, |at| at + 1);
    let host = host_len(&after[user..]);
    let name = &after[user..user + host];
    if !is_host(name, scheme > 0) {
        return None;
    }
    let begun = scheme + user + host;
    let port = rest[begun..].strip_prefix(':').map_or(0, digits).min(5);
    let begun = if port > 0 { begun + 1 + port } else { begun };
    let path = path_len(&rest[begun..]);
    let whole = begun + path;
    (path > 0 || !rest[whole..].starts_with(|c: char| is_word(c) || c == '@')).then_some(whole)
}

fn has_prefix(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
}

fn digits(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())
}

/// The bytes that may be a host: no dot and no dash at its end.
fn host_len(text: &str) -> usize {
    let end = text.find(|c: char| !is_word(c) && c != '.' && c != '-').unwrap_or(text.len());
    text[..end].trim_end_matches(['.', '-']).len()
}

/// Several parts, of which the last is a known ending; with a scheme any ending of letters. Or four numbers.
fn is_host(host: &str, has_scheme: bool) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| !label.is_empty() && label.len() <= LABEL_LIMIT && !label.ends_with('-');
    if host.len() > HOST_LIMIT || labels.len() < 2 || !labels.iter().all(is_label) {
        return false;
    }
    if labels.len() == 4 && labels.iter().all(|label| label.len() <= 3 && label.parse::<u8>().is_ok()) {
        return true;
    }
    let [.., domain, ending] = labels.as_slice() else { return false };
    let is_word_of_letters = ending.chars().count() >= 2 && ending.chars().all(char::is_alphabetic);
    !domain.contains('_') && is_word_of_letters && (has_scheme || is_common(&ending.to_ascii_lowercase()))
}

fn is_common(ending: &str) -> bool {
    ENDINGS.contains(&ending) || COUNTRIES.split(' ').any(|country| country == ending)
}

/// Path, question and place: up to a blank or a bracket that it did not open, and no mark at its end.
fn path_len(text: &str) -> usize {
    if !text.starts_with(['/', '?', '#']) {
        return 0;
    }
    let mut open = [0_i32; 3];
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        let (kind, step) = match c {
            '(' => (0, 1),
            ')' => (0, -1),
            '[' => (1, 1),
            ']' => (1, -1),
            '{' => (2, 1),
            '}' => (2, -1),
            c if c.is_whitespace() || "<>\"«»“”‘’".contains(c) => {
                end = at;
                break;
            }
            _ => continue,
        };
        open[kind] += step;
        if open[kind] < 0 {
            end = at;
            break;
        }
    }
    text[..end].trim_end_matches(|c| LOOSE.contains(c)).len()
}

/// The bytes of an address of letters that begins here.
pub(super) fn email(rest: &str) -> Option<usize> {
    let is_local = |c: char| c.is_ascii_alphanumeric() || "_-.+:".contains(c);
    let local = rest.chars().take(LOCAL_LIMIT + 1).take_while(|c| is_local(*c)).count();
    if !(1..=LOCAL_LIMIT).contains(&local) || rest[..local].ends_with(['.', '+', ':']) {
        return None;
    }
    let after = rest[local..].strip_prefix('@')?;
    let host = host_len(after);
    let name = &after[..host];
    let ending = name.rsplit('.').next().unwrap_or_default();
    let fits = (2..=8).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphabetic());
    (fits && name.is_ascii() && is_host(name, true)).then_some(local + 1 + host)
}
