<?php

declare(strict_types=1);

namespace UserCom\Internal;

use UserCom\Error;
use UserCom\Error\InvalidArgument;
use UserCom\Error\LibraryUnavailable;

/**
 * The native library: finding it, checking that it is the right one, and giving it strings.
 *
 * @internal
 */
final class Library
{
    private static ?\FFI $ffi = null;

    /** @throws LibraryUnavailable when FFI is off, or the library is missing or of another interface version */
    public static function get(): \FFI
    {
        return self::$ffi ??= self::open();
    }

    /** @throws Error for every status but OK, with the library's message */
    public static function check(int $status): void
    {
        if ($status !== 0) {
            throw Error::of($status, self::lastError());
        }
    }

    /** Why the last call failed, with the names that arguments have in PHP, and with positions in these rows. */
    public static function lastError(?Rows $rows = null): string
    {
        $names = ['custom_ids' => 'customIds', 'max_level' => 'logLevel'] + Options::ARGUMENTS;
        $message = (string) preg_replace_callback(
            '/(?<!\S)[a-z]+(?:_[a-z]+)+(?=[\s:;,]|$)/',
            static fn (array $word): string => $names[$word[0]] ?? $word[0],
            self::get()->uc_last_error(),
        );
        if ($rows === null) {
            return $message;
        }
        // Rows with equal values share an entry: its number says nothing about them.
        $message = (string) preg_replace_callback(
            '/^values: entry (\d+) \(counted from 0\)/',
            static fn (array $entry): string => 'rows: the value at position ' . $rows->positionOf((int) $entry[1])
                . ' (counted from 0)',
            $message,
        );

        return (string) preg_replace('/^values: /', 'rows: ', $message);
    }

    /** C reads a string up to its first NUL: one inside would truncate it silently. */
    public static function text(string $argument, #[\SensitiveParameter] ?string $text): ?string
    {
        if ($text !== null && str_contains($text, "\0")) {
            throw new InvalidArgument("$argument: has a NUL byte in it, which can't be sent");
        }

        return $text;
    }

    /**
     * Calls C with a string that shows up in no stack trace and is wiped afterwards.
     *
     * @param \Closure(\FFI\CData): int $call
     */
    public static function checkSecret(string $argument, #[\SensitiveParameter] string $text, \Closure $call): void
    {
        self::text($argument, $text);
        $size = \strlen($text) + 1;
        $memory = self::get()->new("char[$size]");
        \FFI::memcpy($memory, $text . "\0", $size);
        try {
            self::check($call($memory));
        } finally {
            \FFI::memset($memory, 0, $size);
        }
    }

    private static function open(): \FFI
    {
        self::requireFfi();
        $file = \dirname(__DIR__, 2) . '/usercom.cdef.h';
        $declarations = @file_get_contents($file);
        if ($declarations === false) {
            throw new LibraryUnavailable("usercom: $file can't be read; " . (\ini_get('open_basedir') === ''
                ? 'install the package again' : 'add the folder of the package to open_basedir'));
        }
        $tried = [];
        foreach (self::candidates() as $path) {
            $problem = LoadFailure::ofFile($path);
            if ($problem !== null) {
                $tried[] = "  $path: $problem";
                continue;
            }
            try {
                // Before anything else, because another version may lack functions.
                $version = \FFI::cdef('uint32_t uc_abi_version(void);', $path)->uc_abi_version();
                $wanted = preg_match('/UC_ABI_VERSION = (\d+)/', $declarations, $m) === 1 ? (int) $m[1] : 0;
                if ($version !== $wanted) {
                    throw new LibraryUnavailable("usercom: $path has version $version of the interface, but this "
                        . "package is made for version $wanted; install package and library of the same release");
                }

                return \FFI::cdef($declarations, $path);
            } catch (\FFI\Exception $e) {
                self::rethrowIfRestricted($e);
                $tried[] = "  $path: " . LoadFailure::of($path, $e);
            }
        }
        $elsewhere = LoadFailure::ofPlatform();
        throw new LibraryUnavailable('usercom: ' . ($elsewhere ?? "the native library can't be loaded")
            . ". Tried:\n" . implode("\n", $tried)
            . ($elsewhere === null
                ? "\nInstall the package again, or run `make lib` in the source of usercom and set" : "\nSet")
            . " the environment variable USERCOM_LIBRARY to the path of "
            . self::fileName() . Sapi::environment('USERCOM_LIBRARY') . '.');
    }

    private static function requireFfi(): void
    {
        if (\PHP_INT_SIZE < 8) {
            throw new LibraryUnavailable('usercom: needs a 64-bit PHP; ids are 64-bit integers');
        }
        if (!\extension_loaded('FFI')) {
            throw new LibraryUnavailable('usercom: the PHP extension FFI is missing. On Debian and Ubuntu it comes '
                . 'with the packages of PHP; elsewhere build PHP with --with-ffi. Then put "extension=ffi" into '
                . (php_ini_loaded_file() ?: 'php.ini'));
        }
    }

    private static function rethrowIfRestricted(\FFI\Exception $e): void
    {
        if (str_contains($e->getMessage(), 'ffi.enable')) {
            throw new LibraryUnavailable(Sapi::noFfi(), previous: $e);
        }
    }

    /** @return list<string> */
    private static function candidates(): array
    {
        // The process's own environment only: no request can set it.
        $chosen = getenv('USERCOM_LIBRARY', true);
        if (\is_string($chosen) && $chosen !== '') {
            return [$chosen];
        }
        $name = self::fileName();

        return [\dirname(__DIR__, 2) . "/lib/$name", $name, "/usr/local/lib/$name"];
    }

    private static function fileName(): string
    {
        return match (\PHP_OS_FAMILY) {
            'Darwin' => 'libusercom.0.dylib',
            'Windows' => 'usercom.dll',
            default => 'libusercom.so.0',
        };
    }
}
