@echo off
rem Measures this computer with the first Python that is new enough.
setlocal
set "OK=import sys; sys.exit(sys.version_info < (3, 10))"
py -3 -c "%OK%" >nul 2>nul && (set "PY=py -3" & goto run)
python -c "%OK%" >nul 2>nul && (set "PY=python" & goto run)
python3 -c "%OK%" >nul 2>nul && (set "PY=python3" & goto run)
echo No Python 3.10 or newer was found on this computer.
echo Install Python from python.org, then start this again.
pause
exit /b 3
:run
%PY% "%~dp0hwstudio-kit.pyz" %*
set "CODE=%ERRORLEVEL%"
pause
exit /b %CODE%
