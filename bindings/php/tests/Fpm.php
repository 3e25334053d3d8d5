<?php

declare(strict_types=1);

namespace UserCom\Tests;

use RuntimeException;

/** A php-fpm of its own, with this package installed as a project has it, and one worker. */
final class Fpm
{
    private readonly string $folder;
    /** @var resource */
    private $process;

    /**
     * @param string $ini lines of php.ini
     * @param string $pool lines of the pool's file
     * @param array<string, string> $environment of php-fpm itself
     */
    public function __construct(string $ini, string $pool, array $environment)
    {
        $this->folder = sys_get_temp_dir() . '/usercom-php-fpm-' . getmypid();
        $package = "$this->folder/vendor/usercom/usercom";
        mkdir("$package/lib", recursive: true);
        $copied = array_map(fn (string $name): string => escapeshellarg(PACKAGE . "/$name"), ['src', 'autoload.php', 'usercom.cdef.h']);
        exec('cp -r ' . implode(' ', $copied) . ' ' . escapeshellarg($package), result_code: $code);
        TestCase::assertSame(0, $code);
        copy(LIBRARY, "$package/lib/libusercom.so.0");
        file_put_contents("$this->folder/vendor/autoload.php", "<?php require '$package/autoload.php';\n");
        $user = self::user();
        $opcache = extension_loaded('Zend OPcache') ? '' : "zend_extension=opcache\n";
        // As web-servers.md has it, for a project at /path/to and a pool of www-data.
        $text = fn (string $lines): string => strtr($lines, ['/path/to' => $this->folder, 'www-data' => $user]) . "\n";
        file_put_contents("$this->folder/php.ini", $opcache . $text($ini));
        file_put_contents("$this->folder/www.conf", "[global]\nerror_log = $this->folder/log\ndaemonize = no\n"
            . "[www]\nlisten = $this->folder/socket\npm = static\npm.max_children = 1\n"
            . (posix_getuid() === 0 ? "user = $user\n" : '') . $text($pool));
        exec('chmod -R a+rX ' . escapeshellarg($this->folder));
        $this->process = proc_open(
            [self::program(), '-F', '-c', "$this->folder/php.ini", '-y', "$this->folder/www.conf"],
            [['file', '/dev/null', 'r'], ['file', "$this->folder/out", 'w'], ['redirect', 1]],
            $pipes,
            null,
            $environment + array_diff_key(getenv(), ['USERCOM_LIBRARY' => '']),
        );
    }

    public function __destruct()
    {
        proc_terminate($this->process);
        proc_close($this->process);
        exec('rm -r ' . escapeshellarg($this->folder));
    }

    /**
     * The body of the response to a page with this code.
     *
     * @param array<string, string> $parameters of the request, for $_SERVER
     */
    public function get(string $code, array $parameters): string
    {
        file_put_contents("$this->folder/page.php", "<?php declare(strict_types=1);\nrequire __DIR__ . '/vendor/autoload.php';\n$code");
        chmod("$this->folder/page.php", 0644);
        for ($tries = 0; ($socket = @stream_socket_client("unix://$this->folder/socket")) === false; ++$tries) {
            if ($tries === 100 || !proc_get_status($this->process)['running']) {
                throw new RuntimeException('php-fpm does not start: '
                    . file_get_contents("$this->folder/out") . @file_get_contents("$this->folder/log"));
            }
            usleep(50_000);
        }
        stream_set_timeout($socket, 30);
        $record = fn (int $type, string $content): string => pack('CCnnn', 1, $type, 1, strlen($content), 0) . $content;
        $pairs = '';
        foreach (['SCRIPT_FILENAME' => "$this->folder/page.php", 'REQUEST_METHOD' => 'GET'] + $parameters as $name => $value) {
            $pairs .= pack('NN', strlen($name) | 1 << 31, strlen($value) | 1 << 31) . $name . $value;
        }
        // Begin, parameters, no input.
        fwrite($socket, $record(1, pack('nCx5', 1, 0)) . $record(4, $pairs) . $record(4, '') . $record(5, ''));
        $response = '';
        while (strlen($head = (string) stream_get_contents($socket, 8)) === 8) {
            ['type' => $type, 'size' => $size, 'padding' => $padding] = unpack('C/Ctype/n/nsize/Cpadding', $head);
            $content = $size + $padding > 0 ? (string) stream_get_contents($socket, $size + $padding) : '';
            $response .= $type === 6 || $type === 7 ? substr($content, 0, $size) : '';
        }

        return $response;
    }

    /** Who a server that starts as root runs pages as. */
    private static function user(): string
    {
        return match (true) {
            posix_getuid() !== 0 => posix_getpwuid(posix_getuid())['name'],
            posix_getpwnam('www-data') !== false => 'www-data',
            default => 'nobody',
        };
    }

    /** The php-fpm of the PHP that runs the tests. */
    private static function program(): string
    {
        $version = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
        $folders = [...explode(':', (string) getenv('PATH')), dirname(PHP_BINARY), '/usr/sbin', '/usr/local/sbin'];
        foreach ($folders as $folder) {
            foreach (["php-fpm$version", 'php-fpm' . strtr($version, ['.' => '']), 'php-fpm'] as $name) {
                if (is_executable("$folder/$name") && str_contains((string) shell_exec("$folder/$name -v 2>&1"), "PHP $version.")) {
                    return "$folder/$name";
                }
            }
        }
        throw new RuntimeException("there is no php-fpm $version: run scripts/setup test");
    }
}
