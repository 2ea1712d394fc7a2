import Glibc

/// Standard output and standard error, written by the system's call alone: nothing is kept back, every
/// failure is seen, and none of them traps.
public enum StandardStream: Int32, Sendable {
  /// Standard output: what was asked for.
  case output = 1
  /// Standard error: what is said beside it.
  case error = 2

  /// Fills the places of standard descriptors that the program was started without, so that no file
  /// that is opened later gets one of their numbers: what is read or printed there fails.
  ///
  /// To be called first of all. From then on a pipe whose reader is gone is an error of the write and
  /// no signal.
  public static func open() {
    for (descriptor, mode) in [
      (0, O_WRONLY), (output.rawValue, O_RDONLY), (error.rawValue, O_WRONLY),
    ]
    where fcntl(descriptor, F_GETFD) == -1 {
      _ = Glibc.open("/dev/null", mode)
    }
    signal(SIGPIPE, SIG_IGN)
  }

  /// Writes a text to its last byte.
  ///
  /// - Throws: `output-lost` (74) with the system's reason; `reader-gone` where nobody reads the pipe
  ///   any more, which `ProgramEnd` keeps quiet about.
  public func write(_ text: String) throws(EditError) { try write(Array(text.utf8)) }

  /// Writes bytes to the last one; throws as `write(_:)` of a text does.
  public func write(_ bytes: [UInt8]) throws(EditError) {
    let code = Self.write(bytes, to: rawValue)
    guard code != 0 else { return }
    if code == EPIPE { throw EditError(Self.readerGone, .io, "nobody reads \(name) any more") }
    throw EditError(
      "output-lost", .io, "\(name) cannot be written: \(String(cString: strerror(code)))")
  }

  /// Writes a line of what is only said: control characters are escaped, and where nobody can be told,
  /// nothing is lost.
  public static func note(_ line: String) { say(line.displayedLines + "\n") }

  /// Writes to standard error as it is; a failure means nothing.
  public static func say(_ text: String) { _ = write(Array(text.utf8), to: error.rawValue) }

  /// Writes all bytes to a descriptor, however many calls that takes.
  ///
  /// - Returns: 0, or the value of `errno`.
  public static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      let code = errno
      if count > 0 {
        done += count
      } else if count == 0 {
        return EIO
      } else if code == EAGAIN {
        // Somebody else made the pipe one that does not wait.
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&ready, 1, -1)
      } else if code != EINTR {
        return code
      }
    }
    return 0
  }

  /// The code of an output that nobody reads.
  static let readerGone = "reader-gone"

  private var name: String { self == .output ? "standard output" : "standard error" }
}

/// How a program ends that cannot do what it was asked for, or that was asked for words alone.
public enum ProgramEnd {
  /// Says what happened and ends with its status. A reader that is gone is no news to anybody: then
  /// the program ends as the signal of a broken pipe would have ended it.
  public static func failure(_ error: EditError, of program: String) -> Never {
    if error.code == StandardStream.readerGone { quietly() }
    StandardStream.note("\(program): \(error)")
    exit(error.status.rawValue)
  }

  /// Ends with what the command line came to: help on standard output where the status is 0, else what
  /// is wrong with it on standard error.
  public static func commandLine(_ message: String, status: Int32, of program: String) -> Never {
    guard status == 0 else {
      if !message.isEmpty { StandardStream.note(message) }
      exit(status)
    }
    do {
      if !message.isEmpty { try StandardStream.output.write(message + "\n") }
    } catch {
      failure(error, of: program)
    }
    exit(0)
  }

  private static func quietly() -> Never { signalled(SIGPIPE) }

  /// Ends as a signal ends a program, for whoever waits for it.
  public static func signalled(_ number: Int32) -> Never {
    signal(number, SIG_DFL)
    var only = sigset_t()
    sigemptyset(&only)
    sigaddset(&only, number)
    pthread_sigmask(SIG_UNBLOCK, &only, nil)
    kill(getpid(), number)
    // Another thread may have taken it a moment later.
    usleep(200_000)
    _exit(128 + number)
  }
}
