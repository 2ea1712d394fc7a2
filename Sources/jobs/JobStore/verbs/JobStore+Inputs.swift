public import EditJobs
public import Files
import GRDB

extension JobStore {
  /// Removes stored photographs that nothing names: no source by its picture, no sweep by its file.
  ///
  /// `remove` is called for those of `digests` while nobody else can write, so that what is enqueued
  /// meanwhile finds its files gone before it is enqueued, and not after.
  public func removeInputs(
    _ digests: Set<Digest>, remove: (Digest) -> Void
  ) throws(EditError) {
    guard !digests.isEmpty else { return }
    try write { db in
      let named = try String.fetchSet(
        db,
        sql: """
          SELECT json_extract(spec, '$.photograph.image') FROM unit
          WHERE kind = 'source' AND json_extract(spec, '$.photograph.image') IS NOT NULL
          UNION SELECT json_extract(request, '$.image.sha256') FROM sweep
          WHERE json_extract(request, '$.image.sha256') IS NOT NULL
          """)
      for digest in digests where !named.contains(digest.description) { remove(digest) }
    }
  }
}
