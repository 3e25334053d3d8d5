<?php

declare(strict_types=1);

namespace UserCom\Tests;

use ReflectionMethod;

/** What people are told where something is missing, in a PHP of its own each time. */
final class SetupTest extends TestCase
{
    /** What the first call says, in a PHP with these options. */
    private static function firstCall(array $options = [], array $environment = []): string
    {
        [$code, $output] = self::script(<<<'PHP'
            try {
                new UserCom\Cancel();
                echo 'loaded';
            } catch (UserCom\Error\LibraryUnavailable $e) {
                echo get_class($e), '|', var_export($e->status, true), '|', $e->getMessage();
            }
            PHP, $options, $environment);
        self::assertSame(0, $code, $output);

        return $output;
    }

    public function testTheLibraryIsFoundByTheEnvironmentVariable(): void
    {
        self::assertSame('loaded', self::firstCall());
    }

    public function testWithoutTheExtension(): void
    {
        $output = self::firstCall(['-n']);
        if ($output !== 'loaded') { // PHP may have been built with FFI inside
            self::assertStringContainsString('LibraryUnavailable|NULL|usercom: the PHP extension FFI is missing', $output);
            self::assertStringContainsString('extension=ffi', $output);
        }
    }

    public function testWithFFISwitchedOff(): void
    {
        self::assertStringContainsString('FFI is switched off (ffi.enable=false)', self::firstCall(['-d', 'ffi.enable=false']));
    }

    public function testWithoutTheLibrary(): void
    {
        $output = self::firstCall([], ['USERCOM_LIBRARY' => '/nowhere/libusercom.so']);
        self::assertStringContainsString("Tried:\n  /nowhere/libusercom.so: ", $output);
        self::assertStringContainsString('USERCOM_LIBRARY', $output);

        $output = self::firstCall([], ['USERCOM_LIBRARY' => '']);
        if ($output === 'loaded') { // it is installed on this machine
            return;
        }
        foreach (['/lib/libusercom.so.0: ', '  libusercom.so.0: ', '  /usr/local/lib/libusercom.so.0: '] as $path) {
            self::assertStringContainsString($path, $output);
        }
    }

    public function testWithALibraryThatIsAnotherOneOrOfAnotherVersion(): void
    {
        self::assertStringContainsString('uc_abi_version', self::firstCall([], ['USERCOM_LIBRARY' => (string) exec('ldconfig -p | sed -n "s/.*libc.so.6.*=> //p" | head -n 1')]));

        $other = new TempFile(self::compiled('unsigned uc_abi_version(void) { return 99; }'));
        self::assertStringContainsString('has version 99 of the interface, but this package is made for version 1', self::firstCall([], ['USERCOM_LIBRARY' => $other->path]));
    }

    /** What is said of a library file with this content; null does not make the file. */
    private static function loading(?string $content, string $name = 'libusercom.so.0', ?int $mode = null, array $options = []): string
    {
        $folder = sys_get_temp_dir() . '/usercom-php-load-' . getmypid();
        mkdir($folder);
        $file = "$folder/$name";
        try {
            if ($content !== null) {
                file_put_contents($file, $content);
                chmod($file, $mode ?? 0644);
            }
            $output = self::firstCall($options, ['USERCOM_LIBRARY' => $file]);
            self::assertStringContainsString("can't be loaded. Tried:\n  $file: ", $output);
            self::assertStringContainsString("set the environment variable USERCOM_LIBRARY to the path of libusercom.so.0", $output);

            return str_replace("$file: ", '', explode("\n", $output)[1]);
        } finally {
            exec('rm -r ' . escapeshellarg($folder));
        }
    }

    /** A shared library made of C. */
    private static function compiled(string $c, string ...$arguments): string
    {
        $library = sys_get_temp_dir() . '/usercom-php-' . getmypid() . '.so';
        $compiler = proc_open(['cc', '-shared', '-fPIC', '-o', $library, '-xc', '-', '-xnone', ...array_values($arguments)], [['pipe', 'r']], $pipes);
        fwrite($pipes[0], $c);
        fclose($pipes[0]);
        self::assertSame(0, proc_close($compiler), 'cc');
        $content = (string) file_get_contents($library);
        unlink($library);

        return $content;
    }

    public function testRow97EachWayInWhichALibraryFileIsTheWrongOneHasItsSentence(): void
    {
        if (PHP_OS_FAMILY !== 'Linux') {
            return;
        }
        $good = (string) file_get_contents(LIBRARY);
        $own = php_uname('m');
        $machine = fn (int $number, int $bits): string => substr_replace(substr_replace($good, chr($number), 18, 1), chr($bits), 4, 1);
        $other = $own === 'aarch64' ? [62, 'x86_64'] : [183, 'aarch64'];
        self::assertSame('  there is no such file', self::loading(null));
        self::assertSame("  is built for $other[1], but this PHP for $own; install the library for $own", self::loading($machine($other[0], 2)));
        self::assertSame("  is built for 32-bit x86, but this PHP for $own; install the library for $own", self::loading($machine(3, 1)));
        self::assertSame("  is built for 64-bit RISC-V, but this PHP for $own; install the library for $own", self::loading($machine(243, 2)));
        self::assertSame('  is not a shared library of Linux', self::loading(''));
        self::assertSame('  is not a shared library of Linux', self::loading("version https://git-lfs.github.com/spec/v1\n" . str_repeat('x', 100)));
        self::assertSame('  is not a shared library of Linux', self::loading(substr($good, 0, 30)));
        foreach ([100, 4096, 1_000_000, strlen($good) - 1] as $size) {
            self::assertSame('  is truncated; copy it again', self::loading(substr($good, 0, $size)), "$size bytes");
        }
        self::assertSame('  is another library, it has no uc_abi_version', self::loading(self::compiled('int other(void) { return 1; }')));
        self::assertStringContainsString('is an older libusercom, it has no uc_', self::loading(self::compiled('unsigned uc_abi_version(void) { return 1; }')));

        $musl = new TempFile(self::compiled('int musl(void) { return 1; }', '-Wl,-soname,libc.musl-x86_64.so.1'));
        $needs = new TempFile(self::compiled('int needed(void) { return 1; }', '-Wl,-soname,libnotthere.so.9'));
        self::assertSame(
            '  is built for musl, but this PHP for glibc (Alpine has musl, most others glibc); install the library for glibc',
            self::loading(self::compiled('int musl(void); unsigned uc_abi_version(void) { return musl(); }', $musl->path))
        );
        self::assertSame(
            '  needs libnotthere.so.9, which this system does not have',
            self::loading(self::compiled('int needed(void); unsigned uc_abi_version(void) { return needed(); }', $needs->path))
        );

        self::assertStringContainsString(sys_get_temp_dir() . ': is a directory; give the path of the file in it', self::firstCall([], ['USERCOM_LIBRARY' => sys_get_temp_dir()]));
        self::assertStringContainsString('libnothing.so: is in none of the folders where the system looks for libraries', self::firstCall([], ['USERCOM_LIBRARY' => 'libnothing.so']));
        if (posix_getuid() !== 0) {
            self::assertSame('  this process is not allowed to read it', self::loading($good, mode: 0));
        }
        self::assertSame('loaded', self::firstCall(['-d', 'open_basedir=' . dirname(__DIR__)]), 'PHP may not look at the file, but may load it');
    }

    public function testRow97WhatTheSystemSaysIsPutIntoWords(): void
    {
        $say = new ReflectionMethod(\UserCom\Internal\LoadFailure::class, 'system');
        foreach (
            [
            "/lib/libc.so.6: version `GLIBC_2.38' not found (required by /x/libusercom.so.0)" => 'is built for a newer system, it needs GLIBC_2.38; build it on this one with `make lib`',
            'Error loading shared library libgcc_s.so.1: No such file or directory (needed by /x)' => 'needs libgcc_s.so.1, which this system does not have',
            'libgcc_s.so.1: cannot open shared object file: No such file or directory' => 'needs libgcc_s.so.1, which this system does not have',
            'failed to map segment from shared object: Operation not permitted' => 'must not be executed there: the file system is mounted noexec',
            'cannot open shared object file: No such file or directory' => 'there is no such file',
            ] as $reason => $says
        ) {
            self::assertStringContainsString($says, $say->invoke(null, '/x/libusercom.so.0', $reason));
        }
        self::assertSame(null, $say->invoke(null, '/x/libusercom.so.0', 'something new'));
        $platform = new ReflectionMethod(\UserCom\Internal\LoadFailure::class, 'platform');
        self::assertNull($platform->invoke(null, 'Linux', 'x86_64', 'glibc'));
        foreach (
            [
            'aarch64 Linux with glibc' => ['Linux', 'aarch64', 'glibc'],
            'x86_64 Linux with musl' => ['Linux', 'x86_64', 'musl'],
            'arm64 Darwin' => ['Darwin', 'arm64', 'glibc'],
            'AMD64 Windows' => ['Windows', 'AMD64', 'glibc'],
            ] as $own => $is
        ) {
            self::assertSame("the package has the native library for x86_64 Linux with glibc only, and this PHP is for $own; "
                . 'build the library there, with `make lib` in the source of usercom', $platform->invoke(null, ...$is));
        }
        $libc = new ReflectionMethod(\UserCom\Internal\LoadFailure::class, 'libc');
        foreach (["\0libc.musl-x86_64.so.1\0", "/lib/ld-musl-x86_64.so.1\0", "\0libc.so\0"] as $musl) {
            self::assertSame('musl', $libc->invoke(null, $musl));
        }
        $own = $libc->invoke(null, (string) file_get_contents(PHP_BINARY));
        self::assertSame($own, $libc->invoke(null, (string) file_get_contents(LIBRARY, length: 1 << 20)), 'the library of these tests');
        self::assertTrue($own !== null, 'no C library is seen');
    }

    /** A web server of PHP: the response of a page that updates users. */
    private static function page(string $package, string ...$options): string
    {
        $sandbox = new Sandbox();
        $page = new TempFile(<<<'PHP'
            <?php
            require getenv('PACKAGE') . '/autoload.php';
            try {
                $client = new UserCom\Client('acme', getenv('TOKEN'), baseUrl: getenv('URL'), log: fn () => null);
                $report = $client->massUpdate(['1', 2], 'plan', ['a', new UserCom\Date('2026-11-23')], progress: fn () => null);
                foreach ($client->massUpdateRowsCustomIds(['u-1' => 1.5], 'score')->states() as $state) {
                    echo $state->name, ' ';
                }
                echo $report;
            } catch (UserCom\Error $e) {
                echo get_class($e), ': ', $e->getMessage();
            }
            PHP);
        chmod($page->path, 0644);
        $free = stream_socket_server('tcp://127.0.0.1:0');
        $address = stream_socket_get_name($free, false);
        fclose($free);
        $log = new TempFile('');
        $server = proc_open(
            [PHP_BINARY, ...array_values($options), '-S', $address, $page->path],
            [['file', '/dev/null', 'r'], ['file', $log->path, 'w'], ['redirect', 1]],
            $pipes,
            null,
            ['PACKAGE' => $package, 'TOKEN' => Sandbox::TOKEN, 'URL' => $sandbox->url] + getenv(),
        );
        try {
            for ($tries = 0; $tries < 100; ++$tries) {
                $response = @file_get_contents("http://$address/", false, stream_context_create(['http' => ['ignore_errors' => true]]));
                if ($response !== false) {
                    return $response;
                }
                usleep(50_000);
            }

            self::fail('the web server did not respond: ' . file_get_contents($log->path));
        } finally {
            proc_terminate($server);
            proc_close($server);
        }
    }

    public function testOnAWebServerWithFfiEnablePreloadTheMessageSaysWhatToDo(): void
    {
        $response = self::page(PACKAGE, '-d', 'ffi.enable=preload');
        self::assertStringContainsString('LibraryUnavailable: usercom: ffi.enable=preload lets web requests use FFI in preloaded code only', $response);
        self::assertStringContainsString('"ffi.enable=true"', $response);
        self::assertStringContainsString('"opcache.preload=' . dirname(__DIR__) . '/src/preload.php"', $response);
    }

    public function testOnAWebServerWithFfiEnableTrue(): void
    {
        self::assertStringContainsString('all 2 ids confirmed', self::page(PACKAGE, '-d', 'ffi.enable=true'));
    }

    public function testOnAWebServerWithThisPackagePreloaded(): void
    {
        // Root may not preload as root: as nobody, from a copy that nobody may read.
        $folder = sys_get_temp_dir() . '/usercom-php-preload-' . getmypid();
        $options = ['-d', 'ffi.enable=preload', '-d', 'opcache.enable=1', '-d', 'opcache.enable_cli=1',
            '-d', "opcache.preload=$folder/src/preload.php"];
        if (posix_getuid() === 0) {
            $options = [...$options, '-d', 'opcache.preload_user=nobody'];
        }
        if (!extension_loaded('Zend OPcache')) {
            $options = ['-d', 'zend_extension=opcache', ...$options];
        }
        exec('mkdir -p ' . escapeshellarg($folder) . ' && cp -r ' . implode(' ', array_map(
            fn (string $name): string => escapeshellarg(PACKAGE . "/$name"),
            ['src', 'autoload.php', 'usercom.cdef.h'],
        )) . ' ' . escapeshellarg($folder) . ' && chmod -R a+rX ' . escapeshellarg($folder), result_code: $code);
        self::assertSame(0, $code);
        try {
            $response = self::page($folder, ...$options);
            self::assertStringContainsString('Confirmed ok: all 2 ids confirmed', $response);
        } finally {
            exec('rm -r ' . escapeshellarg($folder));
        }
    }
}
