# Downloads a repository with the Hub's Python client and prints the folder: python_hub.py REPOSITORY CACHE
import inspect
import sys

import filelock

# Distributions ship a file lock that is older than the client asks for; what it lacks does not matter here.
known = inspect.signature(filelock.FileLock.__init__).parameters


class FileLock(filelock.FileLock):
    def __init__(self, lock_file, timeout=-1, **options):
        super().__init__(lock_file, timeout, **{name: value for name, value in options.items() if name in known})


filelock.FileLock = FileLock

from huggingface_hub import snapshot_download  # noqa: E402

print(snapshot_download(sys.argv[1], cache_dir=sys.argv[2]))
