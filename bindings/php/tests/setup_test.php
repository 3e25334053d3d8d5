<?php

// What people are told where something is missing, in a PHP of its own each time.

declare(strict_types=1);

/** What the first call says, in a PHP with these options. */
function firstCall(array $options = [], array $environment = []): string
{
    [$code, $output] = script(<<<'PHP'
        try {
            new UserCom\Cancel();
            echo 'loaded';
        } catch (UserCom\Error\LibraryUnavailable $e) {
            echo get_class($e), '|', var_export($e->status, true), '|', $e->getMessage();
        }
        PHP, $options, $environment);
    same(0, $code, $output);

    return $output;
}

test('the library is found by the environment variable', function (): void {
    same('loaded', firstCall());
});

test('without the extension', function (): void {
    $output = firstCall(['-n']);
    if ($output !== 'loaded') { // PHP may have been built with FFI inside
        contains('LibraryUnavailable|NULL|usercom: the PHP extension FFI is missing', $output);
        contains('extension=ffi', $output);
    }
});

test('with FFI switched off', function (): void {
    contains('FFI is switched off (ffi.enable=false)', firstCall(['-d', 'ffi.enable=false']));
});

test('without the library', function (): void {
    $output = firstCall([], ['USERCOM_LIBRARY' => '/nowhere/libusercom.so']);
    contains("Tried:\n  /nowhere/libusercom.so: ", $output);
    contains('USERCOM_LIBRARY', $output);

    $output = firstCall([], ['USERCOM_LIBRARY' => '']);
    if ($output === 'loaded') { // it is installed on this machine
        return;
    }
    foreach (['/lib/libusercom.so.0: ', '  libusercom.so.0: ', '  /usr/local/lib/libusercom.so.0: '] as $path) {
        contains($path, $output);
    }
});

test('with a library that is another one, or of another version', function (): void {
    contains('uc_abi_version', firstCall([], ['USERCOM_LIBRARY' => (string) exec('ldconfig -p | sed -n "s/.*libc.so.6.*=> //p" | head -n 1')]));

    $other = new TempFile(compiled('unsigned uc_abi_version(void) { return 99; }'));
    contains('has version 99 of the interface, but this package is made for version 1', firstCall([], ['USERCOM_LIBRARY' => $other->path]));
});

/** What is said of a library file with this content; null does not make the file. */
function loading(?string $content, string $name = 'libusercom.so.0', ?int $mode = null, array $options = []): string
{
    $folder = sys_get_temp_dir() . '/usercom-php-load-' . getmypid();
    mkdir($folder);
    $file = "$folder/$name";
    try {
        if ($content !== null) {
            file_put_contents($file, $content);
            chmod($file, $mode ?? 0644);
        }
        $output = firstCall($options, ['USERCOM_LIBRARY' => $file]);
        contains("can't be loaded. Tried:\n  $file: ", $output);
        contains("set the environment variable USERCOM_LIBRARY to the path of libusercom.so.0", $output);

        return str_replace("$file: ", '', explode("\n", $output)[1]);
    } finally {
        exec('rm -r ' . escapeshellarg($folder));
    }
}

/** A shared library made of C. */
function compiled(string $c, string ...$arguments): string
{
    $library = sys_get_temp_dir() . '/usercom-php-' . getmypid() . '.so';
    $compiler = proc_open(['cc', '-shared', '-fPIC', '-o', $library, '-xc', '-', '-xnone', ...array_values($arguments)], [['pipe', 'r']], $pipes);
    fwrite($pipes[0], $c);
    fclose($pipes[0]);
    same(0, proc_close($compiler), 'cc');
    $content = (string) file_get_contents($library);
    unlink($library);

    return $content;
}

test('row 97: each way in which a library file is the wrong one has its sentence', function (): void {
    if (PHP_OS_FAMILY !== 'Linux') {
        return;
    }
    $good = (string) file_get_contents(LIBRARY);
    $own = php_uname('m');
    $machine = fn (int $number, int $bits): string => substr_replace(substr_replace($good, chr($number), 18, 1), chr($bits), 4, 1);
    $other = $own === 'aarch64' ? [62, 'x86_64'] : [183, 'aarch64'];
    same('  there is no such file', loading(null));
    same("  is built for $other[1], but this PHP for $own; install the library for $own", loading($machine($other[0], 2)));
    same("  is built for 32-bit x86, but this PHP for $own; install the library for $own", loading($machine(3, 1)));
    same("  is built for 64-bit RISC-V, but this PHP for $own; install the library for $own", loading($machine(243, 2)));
    same('  is not a shared library of Linux', loading(''));
    same('  is not a shared library of Linux', loading("version https://git-lfs.github.com/spec/v1\n" . str_repeat('x', 100)));
    same('  is not a shared library of Linux', loading(substr($good, 0, 30)));
    foreach ([100, 4096, 1_000_000, strlen($good) - 1] as $size) {
        same('  is truncated; copy it again', loading(substr($good, 0, $size)), "$size bytes");
    }
    same('  is another library, it has no uc_abi_version', loading(compiled('int other(void) { return 1; }')));
    contains('is an older libusercom, it has no uc_', loading(compiled('unsigned uc_abi_version(void) { return 1; }')));

    $musl = new TempFile(compiled('int musl(void) { return 1; }', '-Wl,-soname,libc.musl-x86_64.so.1'));
    $needs = new TempFile(compiled('int needed(void) { return 1; }', '-Wl,-soname,libnotthere.so.9'));
    same('  is built for musl, but this PHP for glibc (Alpine has musl, most others glibc); install the library for glibc',
        loading(compiled('int musl(void); unsigned uc_abi_version(void) { return musl(); }', $musl->path)));
    same('  needs libnotthere.so.9, which this system does not have',
        loading(compiled('int needed(void); unsigned uc_abi_version(void) { return needed(); }', $needs->path)));

    contains(sys_get_temp_dir() . ': is a directory; give the path of the file in it', firstCall([], ['USERCOM_LIBRARY' => sys_get_temp_dir()]));
    contains('libnothing.so: is in none of the folders where the system looks for libraries', firstCall([], ['USERCOM_LIBRARY' => 'libnothing.so']));
    if (posix_getuid() !== 0) {
        same('  this process is not allowed to read it', loading($good, mode: 0));
    }
    same('loaded', firstCall(['-d', 'open_basedir=' . dirname(__DIR__)]), 'PHP may not look at the file, but may load it');
});

test('row 97: what the system says is put into words', function (): void {
    $say = new ReflectionMethod(UserCom\Internal\LoadFailure::class, 'system');
    foreach ([
        "/lib/libc.so.6: version `GLIBC_2.38' not found (required by /x/libusercom.so.0)" => 'is built for a newer system, it needs GLIBC_2.38; build it on this one with `make lib`',
        'Error loading shared library libgcc_s.so.1: No such file or directory (needed by /x)' => 'needs libgcc_s.so.1, which this system does not have',
        'libgcc_s.so.1: cannot open shared object file: No such file or directory' => 'needs libgcc_s.so.1, which this system does not have',
        'failed to map segment from shared object: Operation not permitted' => 'must not be executed there: the file system is mounted noexec',
        'cannot open shared object file: No such file or directory' => 'there is no such file',
    ] as $reason => $says) {
        contains($says, $say->invoke(null, '/x/libusercom.so.0', $reason));
    }
    same(null, $say->invoke(null, '/x/libusercom.so.0', 'something new'));
    $libc = new ReflectionMethod(UserCom\Internal\LoadFailure::class, 'libc');
    foreach (["\0libc.musl-x86_64.so.1\0", "/lib/ld-musl-x86_64.so.1\0", "\0libc.so\0"] as $musl) {
        same('musl', $libc->invoke(null, $musl));
    }
    $own = $libc->invoke(null, (string) file_get_contents(PHP_BINARY));
    same($own, $libc->invoke(null, (string) file_get_contents(LIBRARY, length: 1 << 20)), 'the library of these tests');
    holds($own !== null, 'no C library is seen');
});

/** A web server of PHP: the response of a page that updates users. */
function page(string $package, string ...$options): string
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

        throw new Failed('the web server did not respond: ' . file_get_contents($log->path));
    } finally {
        proc_terminate($server);
        proc_close($server);
    }
}

test('on a web server with ffi.enable=preload the message says what to do', function (): void {
    $response = page(PACKAGE, '-d', 'ffi.enable=preload');
    contains('LibraryUnavailable: usercom: ffi.enable=preload lets web requests use FFI in preloaded code only', $response);
    contains('"ffi.enable=true"', $response);
    contains('"opcache.preload=' . dirname(__DIR__) . '/src/preload.php"', $response);
});

test('on a web server with ffi.enable=true', function (): void {
    contains('all 2 ids confirmed', page(PACKAGE, '-d', 'ffi.enable=true'));
});

test('on a web server with this package preloaded', function (): void {
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
    same(0, $code);
    try {
        $response = page($folder, ...$options);
        contains('Confirmed ok: all 2 ids confirmed', $response);
    } finally {
        exec('rm -r ' . escapeshellarg($folder));
    }
});
