//! A browser without a window, driven through chromedriver on a port of this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// How a machine comes by them.
const HOW: &str = "install Debian's chromium and chromium-driver: apt-get install chromium chromium-driver";

/// One browser with one page; it ends with this value.
pub(super) struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts one. Where there is none this says so and is nothing; in CI that is a failure.
    pub(super) fn start() -> Option<Self> {
        let is_there = |program| {
            Command::new(program)
                .arg("--version")
                .stdout(Stdio::null())
                .status()
                .is_ok()
        };
        if is_there("chromedriver") && is_there("chromium") {
            return Some(Browser::connect());
        }
        assert!(
            std::env::var_os("CI").is_none(),
            "there is no browser to test the HTML page in: {HOW}"
        );
        // Not through a macro, whose text the test runner keeps to itself.
        let said = format!("LEFT OUT: the HTML page is not tested in a browser, since there is none; {HOW}\n");
        let _ = std::io::stderr().write_all(said.as_bytes());
        None
    }

    fn connect() -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().unwrap().unwrap();
            let port = line
                .rsplit_once("successfully on port ")
                .map(|(_, port)| port.trim_end_matches('.').parse());
            if let Some(port) = port {
                break port.unwrap();
            }
        };
        // Whoever writes to a closed pipe is stopped.
        std::thread::spawn(move || lines.for_each(drop));
        let profile = tempfile::tempdir().unwrap();
        let mut browser = Browser {
            driver,
            port,
            session: String::new(),
            _profile: profile,
        };
        let arguments = [
            "--headless=new".to_owned(),
            // The tests may run as root, and in a container.
            "--no-sandbox".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-background-networking".to_owned(),
            // No name is looked up, whatever the page asks for.
            "--host-resolver-rules=MAP * ~NOTFOUND".to_owned(),
            format!("--user-data-dir={}", browser._profile.path().display()),
        ];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "goog:chromeOptions": { "args": arguments },
        }}});
        let session = browser.send("POST", "/session", &wanted);
        browser.session = format!("/session/{}", session["sessionId"].as_str().unwrap());
        browser
    }

    /// Opens a file.
    pub(super) fn open(&self, path: &std::path::Path) {
        self.post("/url", &json!({ "url": format!("file://{}", path.display()) }));
    }

    /// Runs a script in the page and takes what it returns; promises are waited for.
    pub(super) fn run(&self, script: &str) -> Json {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// What the console says.
    pub(super) fn console(&self) -> Vec<String> {
        self.log("browser").iter().map(Json::to_string).collect()
    }

    /// What pages from files asked for since the last time: the browser's own first page is none.
    pub(super) fn requests(&self) -> Vec<String> {
        let events = self.log("performance").into_iter().map(|entry| {
            let event: Json = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            event["message"].clone()
        });
        let of_a_file = |event: &Json| {
            event["params"]["documentURL"]
                .as_str()
                .unwrap_or_default()
                .starts_with("file:")
        };
        let asked = events.filter(|event| event["method"] == "Network.requestWillBeSent" && of_a_file(event));
        asked
            .map(|event| {
                event["params"]["request"]["url"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect()
    }

    /// The size of the window, and whether it is a phone in the dark.
    pub(super) fn appear(&self, width: usize, scheme: &str) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.command("Emulation.setDeviceMetricsOverride", &size);
        let scheme = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.command("Emulation.setEmulatedMedia", &scheme);
    }

    fn command(&self, command: &str, parameters: &Json) {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }));
    }

    fn log(&self, sort: &str) -> Vec<Json> {
        self.post("/se/log", &json!({ "type": sort }))
            .as_array()
            .unwrap()
            .clone()
    }

    fn post(&self, path: &str, body: &Json) -> Json {
        self.send("POST", &format!("{}{path}", self.session), body)
    }

    fn send(&self, method: &str, path: &str, body: &Json) -> Json {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let body = body.to_string();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        let mut answer = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        while answer.read_line(&mut line).unwrap() > 2 {
            let header = line.to_ascii_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut bytes = vec![0; length];
        answer.read_exact(&mut bytes).unwrap();
        let answer: Json = serde_json::from_slice(&bytes).unwrap();
        let value = answer["value"].clone();
        assert!(value["error"].is_null(), "{path}: {value:#}");
        value
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.send("DELETE", &self.session, &json!({}));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
