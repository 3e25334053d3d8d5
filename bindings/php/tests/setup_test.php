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

    $library = sys_get_temp_dir() . '/usercom-php-' . getmypid() . '.so';
    $compiler = proc_open(['cc', '-shared', '-fPIC', '-x', 'c', '-o', $library, '-'], [['pipe', 'r']], $pipes);
    fwrite($pipes[0], 'unsigned uc_abi_version(void) { return 99; }');
    fclose($pipes[0]);
    same(0, proc_close($compiler), 'cc');
    try {
        contains('has version 99 of the interface, but this package is made for version 1', firstCall([], ['USERCOM_LIBRARY' => $library]));
    } finally {
        unlink($library);
    }
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
