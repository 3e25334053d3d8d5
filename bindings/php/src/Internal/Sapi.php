<?php

declare(strict_types=1);

namespace UserCom\Internal;

/**
 * What a web server's PHP does otherwise than the command line, in words for who set it up.
 *
 * @internal
 */
final class Sapi
{
    /** Why there may be no token where getenv() is asked for it. */
    public static function noToken(): string
    {
        return 'token: is empty; use the 64-character REST API key. ' . match (\PHP_SAPI) {
            'fpm-fcgi' => 'php-fpm clears the environment, so getenv() finds nothing: put "clear_env = no" or '
                . '"env[USERCOM_TOKEN] = …" into the pool\'s file, such as www.conf, and restart php-fpm',
            'apache2handler' => 'Apache does not pass on its environment: getenv() needs "PassEnv USERCOM_TOKEN" or '
                . '"SetEnv USERCOM_TOKEN …" in its configuration',
            default => 'If it comes from getenv(), this process does not have that variable: export it where the '
                . 'process is started; cron and systemd do not read the profile of a shell',
        };
    }

    /** Where a variable is set that the server does not pass on. */
    public static function environment(string $variable): string
    {
        return \PHP_SAPI === 'fpm-fcgi' ? " (for php-fpm, \"env[$variable] = …\" in the pool's file)" : '';
    }

    /** How FFI is switched on again. */
    public static function noFfi(): string
    {
        $ini = php_ini_loaded_file() ?: 'php.ini';
        if (strtolower((string) \ini_get('ffi.enable')) !== 'preload') {
            return "usercom: FFI is switched off (ffi.enable=false). Put \"ffi.enable=preload\" into $ini: it is "
                . 'enough for the command line; web servers need "ffi.enable=true" or preloading, see web-servers.md '
                . 'of this package';
        }
        $preload = (string) \ini_get('opcache.preload');
        $isAsRoot = \in_array(\PHP_SAPI, ['fpm-fcgi', 'apache2handler'], true);

        return 'usercom: ffi.enable=preload lets web requests use FFI in preloaded code only'
            . ($preload === '' ? '' : ", and opcache.preload=$preload has not loaded this package: it must be in "
                . 'php.ini, not in a pool\'s file, with opcache.enable=1')
            . ". Put either \"ffi.enable=true\" into $ini"
            . (\PHP_SAPI === 'fpm-fcgi' ? ' ("php_admin_value[ffi.enable] = true" into the pool\'s file)' : '')
            . ', or "opcache.preload=' . \dirname(__DIR__) . '/preload.php"'
            . ($isAsRoot ? ' and "opcache.preload_user=' . self::user() . '"' : '')
            . ' (then only this package may use FFI), and restart PHP; or do the update in a cron job or a queue '
            . 'worker, where nothing needs to be set';
    }

    /** Who runs this process. Preloading needs a name, because the server itself starts as root. */
    private static function user(): string
    {
        $user = \function_exists('posix_getpwuid') ? posix_getpwuid(posix_geteuid()) : false;

        return $user['name'] ?? 'www-data';
    }
}
