import Foundation
import HubCache
import ModelHub

/// A pull on standard error: a line that is written over on a terminal, else plain lines.
final class PullProgress {
  private let isTerminal = Terminal.isInteractive(STDERR_FILENO)
  private let clock = ContinuousClock()
  private var lastShown: ContinuousClock.Instant?
  private var isLineOpen = false
  private var file = ""
  private var (size, have): (Int64, Int64) = (0, 0)
  private var (total, done): (Int64, Int64) = (0, 0)
  /// Bytes and times of the last seconds.
  private var marks: [(time: ContinuousClock.Instant, done: Int64)] = []

  /// Shows one event.
  func show(_ event: PullEvent) {
    switch event {
    case .planned(let commit, let files, let bytes, let missing):
      (total, done) = (missing, 0)
      line(
        "commit \(commit.prefix(8)): \(files) files, \(ByteText.of(bytes)); "
          + (missing == 0 ? "all of them are here" : "\(ByteText.of(missing)) to fetch"))
    case .present: break
    case .started(let path, let size, let have):
      (file, self.size, self.have) = (path.description, size, have)
      marks = []
      if have > 0 { line("\(path): goes on behind \(ByteText.of(have)) of \(ByteText.of(size))") }
      lastShown = isTerminal ? nil : clock.now
    case .received(_, let count):
      have += Int64(count)
      done += Int64(count)
      update()
    case .restarted(let path, let why):
      have = 0
      line("\(path): begins again: \(why)")
    case .finished(let path, let size, _):
      if !isTerminal { line("\(path): \(ByteText.of(size))") }
    case .retrying(let reason, let seconds):
      line("\(reason); next try in \(Int(seconds.rounded(.up))) s")
    case .waiting(let path): line("\(path): another process is fetching it; waiting")
    case .note(let text): line(text)
    }
  }

  /// Removes the line that is written over.
  func clear() {
    guard isLineOpen else { return }
    Terminal.overwrite("")
    isLineOpen = false
  }

  private func line(_ text: String) {
    clear()
    Terminal.note(text)
  }

  private func update() {
    let now = clock.now
    let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(10)
    if let lastShown, now - lastShown < interval { return }
    lastShown = now
    marks.append((now, done))
    marks.removeAll { now - $0.time > .seconds(5) && marks.count > 2 }
    let text = state(now)
    guard isTerminal else { return line(text) }
    Terminal.overwrite(fitted(text))
    isLineOpen = true
  }

  /// `unet/x.safetensors  1.2 GiB of 3.2 GiB  all 41 %  38 MiB/s  1 min left`
  private func state(_ now: ContinuousClock.Instant) -> String {
    var parts = [short(file), "\(ByteText.of(have)) of \(ByteText.of(size))"]
    if total > 0 { parts.append("all \(min(100, 100 * done / total)) %") }
    if let first = marks.first, now - first.time > .milliseconds(500) {
      let seconds = (now - first.time) / .seconds(1)
      let rate = Double(done - first.done) / seconds
      parts.append("\(ByteText.of(Int64(rate)))/s")
      if rate > 0, total > done { parts.append(left(Double(total - done) / rate)) }
    }
    return parts.joined(separator: "  ")
  }

  private func left(_ seconds: Double) -> String {
    seconds < 100
      ? "\(Int(seconds.rounded(.up))) s left" : "\(Int((seconds / 60).rounded())) min left"
  }

  /// A long path without its middle: both ends say something.
  private func short(_ path: String) -> String {
    path.count > 32 ? "\(path.prefix(15))…\(path.suffix(16))" : path
  }

  /// Cut to the terminal's width, from the front: the end changes.
  private func fitted(_ text: String) -> String {
    var window = winsize()
    let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0
    let width = known ? Int(window.ws_col) : 80
    return text.count < width ? text : "…" + text.suffix(width - 2)
  }
}
