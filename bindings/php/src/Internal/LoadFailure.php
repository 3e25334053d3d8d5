<?php

declare(strict_types=1);

namespace UserCom\Internal;

/**
 * Why a file can't be loaded as the native library, in one sentence. FFI itself says only that loading failed, and
 * the system calls a library of another machine "not found".
 *
 * @internal
 */
final class LoadFailure
{
    /** The names of the libraries that an ELF file needs are in its first part. */
    private const HEAD = 1 << 20;

    /** Machines by their number in the header of an ELF file. */
    private const MACHINES = [
        3 => '32-bit x86', 8 => 'MIPS', 21 => 'ppc64', 22 => 's390x', 40 => '32-bit ARM', 62 => 'x86_64',
        183 => 'aarch64', 243 => 'RISC-V', 258 => 'LoongArch',
    ];

    /** Which platform the package has a library for. */
    private const PACKAGED = 'x86_64 Linux with glibc';

    /** Why the package itself has no library for this machine; null where it has one. */
    public static function ofPlatform(): ?string
    {
        $program = (string) @file_get_contents('/proc/self/exe', length: self::HEAD);
        $machine = self::machine(substr($program, 0, 64)) ?? php_uname('m');

        return self::platform(\PHP_OS_FAMILY, $machine, self::libc($program) ?? 'glibc');
    }

    private static function platform(string $system, string $machine, string $libc): ?string
    {
        $own = $system === 'Linux' ? "$machine Linux with $libc" : "$machine $system";

        return $own === self::PACKAGED ? null : 'the package has the native library for ' . self::PACKAGED
            . " only, and this PHP is for $own; build the library there, with `make lib` in the source of usercom";
    }

    /** What is wrong with the file itself, before anything is loaded; null if nothing is seen. */
    public static function ofFile(string $path): ?string
    {
        if (!str_contains($path, '/') || \ini_get('open_basedir') !== '') {
            return null; // the system looks for it, or this script is not allowed to look
        }
        if (!file_exists($path)) {
            return is_link($path) ? 'is a link to a file that does not exist' : 'there is no such file';
        }
        if (is_dir($path)) {
            return 'is a directory; give the path of the file in it';
        }
        $head = @file_get_contents($path, length: 64);
        if ($head === false) {
            return 'this process is not allowed to read it';
        }
        if (\PHP_OS_FAMILY !== 'Linux') {
            return null;
        }
        $machine = self::machine($head);
        if ($machine === null) {
            return 'is not a shared library of Linux';
        }
        $own = self::machine((string) @file_get_contents('/proc/self/exe', length: 64));
        if ($own !== null && $own !== $machine) {
            return "is built for $machine, but this PHP for $own; install the library for $own";
        }
        // The table at the end of the file. Loading a file without its end would kill the process.
        $fields = $head[5] === "\x01" ? '@40/Poffset/@58/vsize/vcount' : '@40/Joffset/@58/nsize/ncount';
        ['offset' => $offset, 'size' => $size, 'count' => $count] = unpack($fields, $head);

        return $offset + $size * $count > filesize($path) ? 'is truncated; copy it again' : null;
    }

    /** Why FFI could not load it, or not use it. */
    public static function of(string $path, \FFI\Exception $e): string
    {
        if (preg_match("/resolving C function '(\\w+)'/", $e->getMessage(), $function) === 1) {
            return $function[1] === 'uc_abi_version'
                ? 'is another library, it has no uc_abi_version'
                : "is an older libusercom, it has no $function[1]; install package and library of the same release";
        }
        $own = self::libc((string) @file_get_contents('/proc/self/exe', length: self::HEAD));
        $libc = self::libc((string) @file_get_contents($path, length: self::HEAD));
        if ($own !== null && $libc !== null && $own !== $libc) {
            return "is built for $libc, but this PHP for $own (Alpine has musl, most others glibc); "
                . "install the library for $own";
        }
        $reason = self::reason($path);

        return self::system($path, $reason) ?? ($reason === '' ? $e->getMessage() : $reason);
    }

    /** What the system's reason means; null if it is not a known one. */
    private static function system(string $path, string $reason): ?string
    {
        return match (true) {
            preg_match("/version `(GLIBC_[\d.]+)' not found/", $reason, $version) === 1 => 'is built for a newer '
                . "system, it needs $version[1]; build it on this one with `make lib`",
            str_contains($reason, 'failed to map segment') => 'must not be executed there: the file system is '
                . "mounted noexec, or a security policy forbids it; put it elsewhere ($reason)",
            preg_match('/(?:^|shared library )(lib[^:]+): (?:cannot open|No such file)/', $reason, $needed) === 1
                && !str_starts_with($needed[1], 'libusercom') => "needs $needed[1], which this system does not have",
            str_contains($reason, 'No such file') && str_contains($path, '/') => 'there is no such file',
            str_contains($reason, 'No such file') => 'is in none of the folders where the system looks for libraries',
            default => null,
        };
    }

    /** The C library that a file is linked with, by its names near the file's beginning; null if none is seen. */
    private static function libc(string $head): ?string
    {
        return match (true) {
            preg_match('/ld-musl|libc\.musl-|\0libc\.so\0/', $head) === 1 => 'musl',
            str_contains($head, 'libc.so.6') => 'glibc',
            default => null,
        };
    }

    /** The machine that an ELF file is for, by its first bytes; null if it is none. */
    private static function machine(string $head): ?string
    {
        if (\strlen($head) < 64 || !str_starts_with($head, "\x7fELF")) {
            return null;
        }
        $isLittleEndian = $head[5] === "\x01";
        $number = unpack($isLittleEndian ? 'v' : 'n', $head, 18)[1];
        $name = self::MACHINES[$number] ?? "machine $number";
        $is32Bit = $head[4] === "\x01";

        return match (true) {
            $number === 21 && $isLittleEndian => 'ppc64le',
            $number === 62 && $is32Bit => 'x32',
            $number === 243 || $number === 8 => $is32Bit ? "32-bit $name" : "64-bit $name",
            default => $name,
        };
    }

    /** The system's own words, which FFI keeps to itself; "" if they can't be had. */
    private static function reason(string $path): string
    {
        if (\PHP_OS_FAMILY === 'Windows') {
            return '';
        }
        try {
            $system = \FFI::cdef('void *dlopen(const char *path, int flags); char *dlerror(void);');
            $system->dlopen($path, 1);
            $error = $system->dlerror();
        } catch (\FFI\Exception) {
            return '';
        }
        $text = match (true) {
            $error === null => '',
            \is_string($error) => $error,
            default => \FFI::string($error),
        };

        return str_starts_with($text, "$path: ") ? substr($text, \strlen("$path: ")) : $text;
    }
}
