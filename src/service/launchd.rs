//! The launchd property list, for macOS.

use std::path::Path;

use super::{MARK, Service, label, shown};

/// The property list's text.
///
/// # Errors
/// A path that no property list can name.
pub fn plist(service: &Service) -> anyhow::Result<String> {
    let folder = service.config.parent().unwrap_or(Path::new("/"));
    let log = service.state.join("mesh.log");
    let [program, config, folder, log] =
        [shown(&service.program)?, shown(&service.config)?, shown(folder)?, shown(&log)?].map(escape);
    let label = escape(&label(&service.name));
    // A daemon runs as root unless it says otherwise.
    let user = if service.system {
        format!("\n  <key>UserName</key>\n  <string>{}</string>", escape(&service.user))
    } else {
        String::new()
    };
    Ok(format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- {MARK}; again with force writes it anew. -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>{label}</string>
  <key>ProgramArguments</key>
  <array>
    <string>{program}</string>
    <string>run</string>
    <string>--config</string>
    <string>{config}</string>
  </array>
  <key>WorkingDirectory</key>
  <string>{folder}</string>{user}
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ExitTimeOut</key>
  <integer>30</integer>
  <key>Umask</key>
  <integer>63</integer>
  <key>ProcessType</key>
  <string>Background</string>
  <key>StandardErrorPath</key>
  <string>{log}</string>
</dict>
</plist>
"#
    ))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_reads_otherwise_is_escaped() {
        assert_eq!(escape("/srv/<a> & b"), "/srv/&lt;a&gt; &amp; b");
    }
}
