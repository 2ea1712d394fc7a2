import EditJobs
import JobStore

/// What may be said again and again, so that it is said once and then after about 1 s, 2 s, 4 s … an hour:
/// what happens more and more rarely by itself is said each time.
struct Repetitions {
  /// What a message is about: a message about something else is another message.
  enum Topic: Hashable {
    case table, native, pruning, inputs, note
    case hindrance(Hindrance)
    case page(Int64)
    case unit(Key)
    case comparison(Key)
    case model(LoadedModel)
    case end(LoadedModel)
  }

  private struct Said {
    var text: String
    var at: ContinuousClock.Instant
    var pause: Duration
    var held = 0
  }

  private static let first: Duration = .milliseconds(800)
  private static let longest: Duration = .seconds(3600)

  private var said: [Topic: Said] = [:]

  /// What is to be said now, with how often it was held back; `nil` holds it back.
  mutating func next(
    _ topic: Topic, _ text: String, now: ContinuousClock.Instant = .now
  ) -> String? {
    guard var last = said[topic], last.text == text else {
      said[topic] = Said(text: text, at: now, pause: Self.first)
      return text
    }
    guard last.at.duration(to: now) >= last.pause else {
      said[topic]?.held += 1
      return nil
    }
    let more = last.held
    (last.at, last.held) = (now, 0)
    last.pause = min(last.pause * 2, Self.longest)
    said[topic] = last
    return more == 0 ? text : "\(text) (and \(more) time\(more == 1 ? "" : "s") since)"
  }

  /// It is over: the same message is news again.
  mutating func end(_ topic: Topic) { said[topic] = nil }

  /// Whether something was said that is not over.
  func isOpen(_ topic: Topic) -> Bool { said[topic] != nil }
}
