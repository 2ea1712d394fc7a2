import EditJobs
import Files
import Foundation
import Imaging
import Planner
import ResultFiles

/// A photograph that a request names: read once, cut to the size of each model, and stored among the
/// results before anything is enqueued. The daemon and its workers see the stored files alone.
struct PhotoInput: Sendable {
  /// What the request is to say of it.
  let reference: ImageReference
  /// What was done to it, one sentence each.
  private(set) var remarks: [String] = []
  private let results: ResultFolder
  private let file: [UInt8]
  private let photo: PhotoFile
  private var cuts: [Digest: [UInt8]] = [:]

  /// Reads the photograph of a request: a file, or one that was stored before.
  ///
  /// - Throws: `photograph-missing` (66), `photograph-file` (65), `picture-damaged`,
  ///   `picture-too-large` (65).
  init(_ image: ImageReference, results: ResultFolder) throws(EditError) {
    self.results = results
    let path: String
    if let stored = image.digest {
      path = results.input(stored)
    } else {
      path = image.file
    }
    file = try Self.read(path, called: image.file)
    reference = ImageReference(
      file: URL(filePath: image.file).lastPathComponent, digest: Digest(of: file))
    do {
      photo = try PhotoFile(decoding: file)
    } catch {
      let error = error as? ImagingError
      throw EditError(
        error?.kind.rawValue ?? "picture-damaged", .data,
        "\(image.file): \(error?.what ?? "it cannot be read")", hint: error?.hint)
    }
  }

  /// The picture at a size: cut, resampled, and remembered until it is stored.
  mutating func image(at size: Planner.PictureSize) -> Digest {
    let frame = PhotoFrame(
      of: Imaging.PictureSize(width: photo.pixels.width, height: photo.pixels.height),
      for: Imaging.PictureSize(width: size.width, height: size.height))
    let ppm = photo.pixels.resampled(frame).ppm
    let digest = Digest(of: ppm)
    cuts[digest] = ppm
    let done = ([frame.sentence] + photo.notes).joined(separator: "; ")
    let remark = "\(reference.file): \(photo.format) of \(done)"
    if !remarks.contains(remark) { remarks.append(remark) }
    return digest
  }

  /// Writes the file as it was given and its pictures to `inputs/`, each called by its hash.
  ///
  /// - Throws: what `FileError` tells people.
  func store() throws(EditError) {
    do {
      try DurableFile.makeFolder(results.inputs)
      for bytes in [file] + cuts.values {
        let path = results.input(Digest(of: bytes))
        // What nothing names is removed when it is old: this is young again.
        if FileManager.default.contents(atPath: path).map({ Array($0) }) == bytes,
          utimensat(AT_FDCWD, path, nil, 0) == 0
        {
          continue
        }
        try DurableFile.write([bytes], to: path, permissions: 0o444)
      }
    } catch let error as FileError {
      throw error.editError
    } catch {
      throw EditError("io-error", .io, "the photograph cannot be stored: \(error)")
    }
  }

  private static func read(_ path: String, called name: String) throws(EditError) -> [UInt8] {
    // A pipe would wait for its writer, and a device never ends.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw EditError(
        "photograph-missing", .missing,
        "\(name) cannot be read: \(String(cString: strerror(errno)))",
        hint: "--image with a PNG or JPEG file")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw EditError(
        "photograph-file", .data, "\(name) is no plain file",
        hint: "--image with a PNG or JPEG file")
    }
    guard facts.st_size <= PhotoFile.largestFile else {
      throw EditError(
        "picture-too-large", .data, "\(name) has \(facts.st_size) bytes",
        hint: "a file of at most \(PhotoFile.largestFile >> 20) MiB")
    }
    do {
      return Array(try handle.read(upToCount: PhotoFile.largestFile + 1) ?? Data())
    } catch {
      throw EditError(
        "io-error", .io, "\(name) cannot be read: \((error as NSError).localizedDescription)")
    }
  }
}
